// The "Sign in with QR" button that apps put on their pages: markup and style to copy, and the same as
// pictures at fixed paths.
// The console shows it live, from the same file that is copied.
import { readFileSync } from 'node:fs';
import Router from '@koa/router';
import type { State } from '../../kit/context.ts';

const labels = { en: 'Sign in with QR', zh: '扫码登录' } as const;
type Language = keyof typeof labels;

/** A phone that looks at a code, in the colour of the text. */
const glyph =
  '<path d="M4 9V5.5A1.5 1.5 0 0 1 5.5 4H9M15 4h3.5A1.5 1.5 0 0 1 20 5.5V9M20 15v3.5a1.5 1.5 0 0 1-1.5 1.5H15M9 20H5.5A1.5 1.5 0 0 1 4 18.5V15"/>' +
  '<path d="M8 8h3v3H8zM13.5 8H16v2.5h-2.5zM8 13.5h2.5V16H8zM13.5 13.5h.01M16 16h.01M16 13.5h.01M13.5 16h.01"/>';
const icon = `<svg viewBox="0 0 24 24" width="22" height="22" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${glyph}</svg>`;

/** The markup to copy. */
const html = (language: Language): string =>
  `<a class="sign-in-with-qr" href="/login">\n  ${icon}\n  <span${language === 'zh' ? ' lang="zh-CN"' : ''}>${labels[language]}</span>\n</a>`;

const schemes = {
  light: { ground: '#ffffff', ink: '#191b1d', line: '#74787b' },
  dark: { ground: '#181b1e', ink: '#f4f4f2', line: '#8b9196' },
} as const;
/** Widths of the pictures, in pixels. */
const widths = { en: 196, zh: 152 } as const;

/** The whole button as an SVG, 44 pixels high. */
function picture(language: Language, scheme: keyof typeof schemes): string {
  const { ground, ink, line } = schemes[scheme];
  const width = widths[language];
  const placed = icon.replace('<svg ', `<svg x="18" y="11" color="${ink}" `);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="44" viewBox="0 0 ${width} 44" role="img">` +
    `<title>${labels[language]}</title>` +
    `<rect x=".5" y=".5" width="${width - 1}" height="43" rx="12" fill="${ground}" stroke="${line}"/>` +
    `${placed}<text x="52" y="28" fill="${ink}" font-family="system-ui, sans-serif" font-size="16" font-weight="500">${labels[language]}</text></svg>`
  );
}

const pictures = new Map([
  ['sign-in-with-qr.svg', picture('en', 'light')],
  ['sign-in-with-qr-dark.svg', picture('en', 'dark')],
  ['sign-in-with-qr-zh.svg', picture('zh', 'light')],
  ['sign-in-with-qr-zh-dark.svg', picture('zh', 'dark')],
]);

const style = readFileSync(new URL('../../../../views/style/sign-in-with-qr.css', import.meta.url), 'utf8');

/** What the console's page shows. `icon` is trusted markup. */
export const buttonKit = {
  icon,
  labels,
  html: html('en'),
  htmlChinese: html('zh'),
  style: style.trimEnd(),
  pictures: [...pictures.keys()].map((name) => ({ name, path: `/button/${name}` })),
};

/** Serves the pictures to everybody. Caches may keep them for a day. */
export function createButtonRoutes(): Router<State> {
  return new Router<State>().get('/button/:name', async (ctx, next) => {
    const svg = pictures.get(String(ctx.params.name));
    if (svg === undefined) return next();
    ctx.set('Cache-Control', 'public, max-age=86400');
    ctx.type = 'image/svg+xml';
    ctx.body = svg;
  });
}
