// The pages as markup: what they always hold, whatever is put into them. How they behave is test/e2e's business.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Approval } from '../../src/core/approval/approval.ts';
import type { BrowserApproved } from '../../src/core/notice/notice.ts';
import { createGuestViews } from '../../src/http/guest/guest-views.ts';
import { type Assets, createAssets } from '../../src/http/kit/assets.ts';
import { createPages } from '../../src/http/kit/pages.ts';
import { qrSvg } from '../../src/http/kit/qr-svg.ts';
import { statusOf } from '../../src/http/kit/refusals.ts';
import { createOidcViews } from '../../src/http/oidc/oidc-views.ts';
import { createPhoneViews } from '../../src/http/phone/phone-views.ts';
import { createWaitingViews, type WaitingView } from '../../src/http/waiting/waiting-views.ts';
import { buildNotice } from '../store/records.ts';

const evil = `"'><script>alert(1)</script><b a='`;
const nonce = 'nonce-of-this-answer';
const shared = { locale: 'en', nonce, now: 1_800_000_000 } as const;
const client = { clientName: evil, clientLogo: `https://elsewhere.example/${evil}`, redirectHost: evil };
const scopes = [{ name: evil, description: evil }];

const waiting: WaitingView = {
  ...shared,
  ...client,
  basePath: '/interaction/uid',
  state: 'pending',
  qrSvg: '<svg role="img"></svg>',
  userCode: 'WDJB-MJHT',
  verificationUri: 'localhost:3000/q',
  needs: null,
  expiresAt: shared.now + 100,
  pendingSeconds: 120,
  renews: true,
  canAsk: false,
  number: null,
  hasPassword: true,
  hasPasskey: true,
  onPhone: false,
  error: null,
  triesLeft: null,
  username: evil,
};

// Only what the pages read; the rest of an approval never reaches them.
const approval = {
  id: 'approval-1',
  clientName: evil,
  browserName: evil,
  browserSystem: evil,
  trusted: true,
  approvedAt: shared.now - 130,
  endedAt: null,
} as unknown as Approval;

const about: BrowserApproved = {
  kind: 'browser_approved',
  ticketId: 'ticket-1',
  clientId: 'web',
  clientName: evil,
  browserHash: 'hash',
  browserName: evil,
  browserSystem: evil,
  browserAddress: '127.0.0.1',
  place: evil,
  deviceId: 'device-1',
  deviceName: evil,
};
const notice = buildNotice(shared.now, { about });

let assets: Assets;
let pages: ReturnType<typeof viewsOf>;

/** Every page by the function that draws it. */
function viewsOf(assets: Assets) {
  const kit = createPages({ assets });
  const waiting = createWaitingViews(kit);
  const phone = createPhoneViews(kit);
  const guest = createGuestViews(kit);
  const oidc = createOidcViews(kit);
  return { kit, waiting, phone, guest, oidc };
}

beforeAll(async () => {
  assets = await createAssets();
  pages = viewsOf(assets);
});

const states = ['pending', 'scanned', 'approved', 'denied', 'expired', 'cancelled', 'consumed', 'off'] as const;

function everyPage(locale: 'en' | 'zh-CN'): [string, string][] {
  const all = { ...shared, locale };
  const consent = { basePath: '/interaction/uid', displayName: evil, scopes, isNewScopes: false };
  const signIn = { host: 'localhost:3000', returnTo: evil, username: evil };
  return [
    ...states.map(
      (state) => [`waiting ${state}`, pages.waiting.waiting({ ...waiting, locale, state })] as [string, string],
    ),
    ['waiting code', pages.waiting.waiting({ ...waiting, locale, state: 'approved', needs: 'confirmation_code' })],
    ['waiting on a phone', pages.waiting.waiting({ ...waiting, locale, onPhone: true })],
    ['waiting refused', pages.waiting.waiting({ ...waiting, locale, error: 'credentials_wrong' })],
    [
      'continue',
      pages.waiting.continueHere({
        ...all,
        ...client,
        basePath: '/interaction/uid',
        error: null,
        continueAs: { displayName: evil, username: evil, needsConsent: true, scopes, lasts: evil },
      }),
    ],
    [
      'consent',
      pages.waiting.consent({
        ...all,
        ...client,
        ...consent,
        lasts: evil,
        policyUri: `javascript:${evil}`,
        tosUri: `https://${evil}`,
      }),
    ],
    [
      'sign in',
      pages.phone.signIn({
        ...all,
        ...signIn,
        refusal: 'credentials_wrong',
        isReauthentication: false,
        hasPasskey: true,
        canSignUp: true,
        canReset: true,
      }),
    ],
    [
      'sign in again',
      pages.phone.signIn({
        ...all,
        ...signIn,
        refusal: null,
        isReauthentication: true,
        hasPasskey: true,
        canSignUp: false,
        canReset: false,
      }),
    ],
    ['mail sent', pages.guest.mailSent({ ...all, email: evil })],
    ['forgot', pages.guest.forgot({ ...all, name: evil, refusal: 'rate_limited' })],
    ['recover', pages.guest.recover({ ...all, username: evil, refusal: 'recovery_code_wrong' })],
    ['email proof', pages.guest.emailProof({ ...all, path: `/link/${evil}`, email: evil, username: evil })],
    [
      'home',
      pages.phone.home({
        ...all,
        displayName: evil,
        approvals: [approval],
        notices: [{ notice, link: 'https://id.test/not-me/x' }],
        isRung: true,
        pushKey: evil,
      }),
    ],
    ...(['asks', 'done', 'already'] as const).map((state): [string, string] => [
      `not me, ${state}`,
      pages.guest.disowning({
        ...all,
        path: '/not-me/x',
        state,
        about,
        approvedAt: 1,
        disownedAt: 2,
        isPhoneSignedIn: true,
      }),
    ]),
    ['offline', pages.phone.offline(all)],
    ['review', pages.phone.review({ ...all, frame: evil, ask: evil, displayName: evil })],
    ['error', pages.kit.errorPage({ ...all, code: evil })],
    ['logout', pages.oidc.logout({ ...all, formHtml: '<form id="op.logoutForm"></form>', clientName: evil })],
    ['logged out', pages.oidc.loggedOut(all)],
    ['message', pages.kit.message({ ...all, title: evil, message: evil })],
    ...Object.keys(statusOf).map((code): [string, string] => [
      `refusal ${code}`,
      pages.kit.refusal({ ...all, code: code as keyof typeof statusOf }),
    ]),
  ];
}

describe.each(['en', 'zh-CN'] as const)('every page in %s', (locale) => {
  it('F6 shows what comes from outside as text', () => {
    for (const [name, html] of everyPage(locale)) {
      expect(html, name).not.toContain('<script>alert');
      expect(html, name).not.toContain("<b a='");
      expect(html, name).not.toMatch(/href="javascript:/i);
    }
  });

  it('F2 has nothing inline that the content security policy would have to allow', () => {
    for (const [name, html] of everyPage(locale)) {
      expect(html, name).not.toMatch(/<[^>]*\sstyle=/i);
      expect(html, name).not.toMatch(/<[^>]*\son\w+=/i);
      for (const [tag] of html.matchAll(/<script[^>]*>/g)) {
        const isData = tag.includes('type="application/json"');
        expect(isData || (tag.includes('src="/assets/') && tag.includes(`nonce="${nonce}"`)), `${name}: ${tag}`).toBe(
          true,
        );
      }
    }
  });

  it('F4 loads from its own origin only', () => {
    for (const [name, html] of everyPage(locale)) {
      expect(html, name).not.toMatch(/<(img|link|script|iframe|source)[^>]*(src|href)="(https?:)?\/\//);
    }
  });

  it('is whole: language, title, one heading, no hole left unfilled', () => {
    for (const [name, html] of everyPage(locale)) {
      expect(html, name).toContain(`<html lang="${locale}"`);
      expect(html, name).toMatch(/<title>[^<]+ · Tessera<\/title>/);
      const shown = html.replace(
        /<script type="application\/json"[\s\S]*?<\/script>|<template[\s\S]*?<\/template>/g,
        '',
      );
      if (!name.startsWith('review')) expect(shown.match(/<h1/g), name).toHaveLength(1);
      expect(shown, name).not.toMatch(/undefined|\[object|\{\w+\}/);
    }
  });
});

describe('the sign-in page', () => {
  it('reloads without script only while there is news to come and nothing being typed', () => {
    const refreshes = (change: Partial<WaitingView>) =>
      pages.waiting.waiting({ ...waiting, ...change }).includes('http-equiv="refresh"');
    expect(refreshes({})).toBe(true);
    expect(refreshes({ state: 'scanned' })).toBe(true);
    expect(refreshes({ state: 'approved' })).toBe(true);
    expect(refreshes({ state: 'approved', needs: 'confirmation_code' })).toBe(false);
    expect(refreshes({ error: 'credentials_wrong' })).toBe(false);
    expect(refreshes({ wantsPassword: true })).toBe(false);
    expect(refreshes({ state: 'denied' })).toBe(false);
  });

  it('B20 shows no code where the client has switched it off, and no password where that is', () => {
    expect(pages.waiting.waiting({ ...waiting, state: 'off', qrSvg: null })).not.toContain('id="qr"');
    expect(pages.waiting.waiting({ ...waiting, hasPassword: false })).not.toContain('type="password"');
  });

  it('shows a logo that needs no other site, else the first letter', () => {
    const logo = 'data:image/png;base64,AAAA';
    expect(pages.waiting.waiting({ ...waiting, clientLogo: logo })).toContain(`<img class="logo" src="${logo}"`);
    expect(
      pages.waiting.waiting({ ...waiting, clientName: 'Tea House', clientLogo: '//elsewhere.example/x.png' }),
    ).toContain('>T</span>');
  });
});

describe('the QR code', () => {
  it('is dark on light with a quiet zone of four, and has a name', async () => {
    const svg = await qrSvg('http://localhost:3000/q/x');
    expect(svg).toMatch(/^<svg role="img" aria-label="QR code for signing in" /);
    const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
    expect((size - 8 - 17) % 4).toBe(0);
    expect(svg).toContain(`fill="#ffffff" d="M0 0h${size}v${size}H0z"`);
    expect(svg).toContain('stroke="#101214" d="M4 4.5h7');
  });
});

describe('the assets', () => {
  it('are served under a hash of their content, and nothing else is', () => {
    const url = assets.url('style.css');
    expect(url).toMatch(/^\/assets\/style\.[\w-]{12}\.css$/);
    expect(assets.serve(url)?.type).toContain('text/css');
    expect(assets.serve(assets.url('waiting.js'))?.body.length).toBeGreaterThan(1000);
    for (const path of ['/assets/', '/assets/style.css', '/assets/../package.json', '/assets/__proto__', `${url}x`]) {
      expect(assets.serve(path), path).toBeNull();
    }
  });
});

describe('the colours', () => {
  type Scheme = Record<string, string>;
  const schemes = async (): Promise<Scheme[]> => {
    const css = await readFile(new URL('../../views/style/tokens.css', import.meta.url), 'utf8');
    const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');
    return [light, dark].map((part) =>
      Object.fromEntries([...part.matchAll(/--([\w-]+): (#\w{6})/g)].map((found) => found.slice(1, 3))),
    );
  };
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a = '', b = '') => {
    const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };
  const texts = [
    ['ink', 'card'],
    ['ink', 'inset'],
    ['ink-soft', 'card'],
    ['ink-soft', 'inset'],
    ['ink-soft', 'paper'],
    ['accent', 'card'],
    ['accent', 'accent-wash'],
    ['accent-ink', 'accent'],
    ['accent-ink', 'accent-strong'],
    ['bad', 'bad-wash'],
    ['caution-ink', 'caution-wash'],
    ['caution-ink', 'card'],
  ] as const;

  it('keep WCAG AA contrast in both schemes: 4.5 for text, 3 for the edges of controls', async () => {
    for (const scheme of await schemes()) {
      for (const [ink, surface] of texts) {
        expect(contrast(scheme[ink], scheme[surface]), `${ink} on ${surface}`).toBeGreaterThanOrEqual(4.5);
      }
      expect(contrast(scheme['line-strong'], scheme.card), 'line-strong on card').toBeGreaterThanOrEqual(3);
    }
  });
});
