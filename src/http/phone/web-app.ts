// The phone's pages as an app that a phone can install: the manifest (W3C Web Application Manifest), the
// page shown without network, and the service worker that shows it. The worker keeps nothing else
// (browser/workers/offline-worker.ts).
import { digest } from '../../crypto.ts';
import { chooseLocale, messagesOf } from '../../i18n/locale.ts';
import type { Assets } from '../kit/assets.ts';
import type { Context, Handler } from '../kit/context.ts';
import type { Pages } from '../kit/pages.ts';
import { createPhoneViews } from './phone-views.ts';

const offlinePath = '/offline';
/** `--paper` of views/style/tokens.css. */
const paper = '#f6f5f1';

/** Draws the offline pages once at start. The service worker's version changes with any of its files. */
export function createPhoneApp({ pages, assets }: { pages: Pages; assets: Assets }) {
  const views = createPhoneViews(pages);
  const localeOf = (ctx: Context) => chooseLocale(ctx.get('Accept-Language'));
  // The page has no script, so it needs no nonce. It is the same for everybody, so it may be cached.
  const offlinePages = {
    en: views.offline({ locale: 'en', nonce: '' }),
    'zh-CN': views.offline({ locale: 'zh-CN', nonce: '' }),
  };
  const files = [offlinePath, assets.url('style.css'), assets.url('favicon.svg')];
  const kept = { version: digest(JSON.stringify([files, offlinePages])), page: offlinePath, files };
  const code = assets.serve(assets.url('offline-worker.js'))?.body ?? '';
  const workerScript = `self.offline=${JSON.stringify(kept)};\n${code}`;

  /** `GET /manifest.webmanifest`, in the language of the request. */
  const manifest: Handler = (ctx) => {
    const locale = localeOf(ctx);
    const { page, scanner } = messagesOf[locale];
    ctx.body = {
      id: '/q',
      name: page.product,
      short_name: page.product,
      description: scanner.appDescription,
      lang: locale,
      start_url: '/q?scan',
      scope: '/q',
      display: 'standalone',
      background_color: paper,
      theme_color: paper,
      icons: [
        { src: assets.url('icon-192.png'), sizes: '192x192', type: 'image/png' },
        { src: assets.url('icon-512.png'), sizes: '512x512', type: 'image/png' },
        { src: assets.url('icon-maskable-512.png'), sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
    };
    ctx.type = 'application/manifest+json';
  };

  /**
   * The address never changes, as a service worker requires. Browsers compare its bytes to find a new
   * version.
   */
  const serviceWorker: Handler = (ctx) => {
    ctx.type = 'text/javascript; charset=utf-8';
    ctx.body = workerScript;
  };

  /** `GET /offline`: the page that the service worker keeps. */
  const offline: Handler = (ctx) => {
    ctx.type = 'html';
    ctx.body = offlinePages[localeOf(ctx)];
  };

  return { manifest, serviceWorker, offline, offlinePath };
}
