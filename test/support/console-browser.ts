// A browser at the console without a screen: it signs in to it by QR over plain HTTP, as a person's would,
// and keeps its cookies.
import type { VirtualPhone } from './virtual-phone.ts';
import { createWaitingBrowser, type WaitingBrowser } from './waiting-browser.ts';

const html = { headers: { accept: 'text/html' } };

/** @returns the browser, signed in; whether its account may do anything there is another matter. */
export async function openConsoleBrowser(app: { issuer: string }, phone: VirtualPhone): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  const base = await untilAt(browser, '/admin/sign-in', (path) => path.startsWith('/interaction/'));
  await browser.request(base, html);
  const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
  const code = await phone.approve(await phone.scan({ qr: String(qr) }));
  const finished = await browser.json('POST', `${base}/finish`, code === null ? {} : { confirmation_code: code });
  await untilAt(browser, String(finished.json().location), (path) => path === '/admin');
  return browser;
}

/** Follows redirects until one leads to such a path, which is not asked for any more. */
async function untilAt(browser: WaitingBrowser, from: string, isThere: (path: string) => boolean): Promise<string> {
  let next = from;
  for (let i = 0; i < 6; i++) {
    const { status, headers, text } = await browser.request(next, html);
    const location = headers.get('location');
    if (!location) throw new Error(`stuck at ${next} with ${status}: ${text.slice(0, 300)}`);
    next = location;
    if (isThere(new URL(next, 'http://x').pathname)) return next;
  }
  throw new Error(`redirected without end, last to ${next}`);
}
