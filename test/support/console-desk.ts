// A browser at the console over plain HTTP: signed in to it by a phone, with pages to read and forms to send.
import type { TestApp } from './app.ts';
import type { VirtualPhone } from './virtual-phone.ts';
import { createWaitingBrowser } from './waiting-browser.ts';

export type Desk = Awaited<ReturnType<typeof openDesk>>;

export async function openDesk(app: TestApp, phone: VirtualPhone) {
  const browser = createWaitingBrowser(app.issuer);
  const html = { headers: { accept: 'text/html' } };
  const go = async (path: string) => (await browser.request(path, html)).headers.get('location') ?? '';
  const interaction = await go(await go('/admin/sign-in?return_to=/admin/accounts'));
  await browser.request(interaction, html);
  const { qr } = (await browser.json('GET', `${interaction}/ticket`)).json();
  const code = await phone.approve(await phone.scan({ qr: String(qr) }));
  const finished = await browser.json(
    'POST',
    `${interaction}/finish`,
    code === null ? {} : { confirmation_code: code },
  );
  let next = String(finished.json().location);
  for (let i = 0; i < 5 && !next.includes('/admin/callback'); i++) next = await go(next);
  await go(next);

  return {
    browser,
    get: (path: string, language = 'en') =>
      browser.request(`/admin${path}`, { headers: { accept: 'text/html', 'accept-language': language } }),
    post: (path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
      browser.request(`/admin${path}`, {
        method: 'POST',
        headers: { accept: 'text/html', ...headers },
        body: new URLSearchParams(fields),
      }),
  };
}
