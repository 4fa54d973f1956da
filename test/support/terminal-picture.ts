// A terminal's text as a picture of it: the same characters, cells and colours, on whatever ground a
// terminal has.
import { stripVTControlCharacters } from 'node:util';
import type { Browser } from 'playwright-core';

/** Of the 256 colours, those that a QR code is drawn in. */
const colours: Readonly<Record<string, string>> = { '16': '#000000', '231': '#ffffff' };

const escapeHtml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Understands one pair of colours for each stretch of text, and nothing else that a terminal obeys. */
function toHtml(text: string): string {
  const [first = '', ...stretches] = text.split('\u001b[');
  const shown = stretches.map((stretch) => {
    const end = stretch.indexOf('m');
    const [order, rest] = [stretch.slice(0, end), escapeHtml(stretch.slice(end + 1))];
    if (order === '0') return rest;
    const [, dark = '', light = ''] = /^38;5;(\d+);48;5;(\d+)$/.exec(order) ?? [];
    const [fore, back] = [colours[dark], colours[light]];
    if (!fore || !back) throw new Error(`a terminal would obey ${order}; this picture does not`);
    return `<span style="color:${fore};background:${back}">${rest}</span>`;
  });
  return escapeHtml(first) + shown.join('');
}

export type Ground = keyof typeof grounds;
const grounds = {
  black: { back: '#000000', fore: '#c0c0c0' },
  white: { back: '#ffffff', fore: '#202020' },
};

/** @param text as a process wrote it */
export async function terminalPicture(chromium: Browser, text: string, ground: Ground = 'black'): Promise<Buffer> {
  const { back, fore } = grounds[ground];
  const page = await chromium.newPage({ viewport: { width: 900, height: 600 } });
  const lines = stripVTControlCharacters(text).split('\n').length;
  // Cells touch, as a terminal's do.
  const style = `margin:0;padding:16px;background:${back};color:${fore};font:16px/19px 'DejaVu Sans Mono',monospace;height:${lines * 19}px`;
  await page.setContent(`<body style="margin:0;background:${back}"><pre style="${style}">${toHtml(text)}</pre>`);
  const picture = await page.screenshot({ fullPage: true });
  await page.close();
  return picture;
}
