// The names of the provider's cookies. On localhost all ports share one cookie jar (RFC 6265 §8.5), so a name
// like `session` would overwrite the cookie of a relying party.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsoleBrowser } from '../../support/console-browser.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const namesOf = ({ cookies }: WaitingBrowser): string[] => [...cookies.keys()].map((key) => key.split(' ')[0] ?? '');

/**
 * A browser that signed in to the console, and a phone that opened a link: together they hold every cookie.
 */
async function everyCookie(): Promise<{ browser: WaitingBrowser; phone: string }> {
  const phone = await app.phone('alice');
  const browser = await openConsoleBrowser(app, phone);
  const waiting = createWaitingBrowser(app.issuer);
  await waiting.open();
  await browser.request(new URL(await waiting.qr()).pathname, { headers: { accept: 'text/html' } });
  return { browser, phone: phone.cookie };
}

describe('the cookies of the provider', () => {
  it('C3 all have names that begin with tessera_', async () => {
    const { browser, phone } = await everyCookie();
    expect(new Set([...namesOf(browser), phone.split('=')[0]])).toEqual(
      new Set([
        'tessera_session',
        'tessera_session.sig',
        'tessera_interaction',
        'tessera_interaction.sig',
        'tessera_resume',
        'tessera_resume.sig',
        'tessera_finish',
        'tessera_device',
        'tessera_browser',
        'tessera_opened',
        'tessera_back',
        'tessera_console',
        'tessera_console_flow',
      ]),
    );
  });

  it('are not read under their earlier names', async () => {
    const { browser, phone } = await everyCookie();
    const everywhere = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`);
    const now = [...everywhere, phone].join('; ');
    const before = now.replaceAll('tessera_console_flow', 'console-flow').replaceAll('tessera_', '');
    const at = (path: string, cookie: string) =>
      fetch(app.issuer + path, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
    const interaction = [...browser.cookies].find(([key]) => key.startsWith('tessera_interaction '))?.[1];
    for (const path of ['/account', '/admin', interaction?.path ?? '']) {
      const [with_, without] = [await at(path, before), await at(path, '')];
      expect([with_.status, with_.headers.get('location')]).toEqual([without.status, without.headers.get('location')]);
    }
    const api = (cookie: string) => fetch(`${app.issuer}/phone/v1/devices`, { headers: { cookie } });
    expect([(await api(now)).status, (await api(before)).status]).toEqual([200, 401]);
  });

  it('leave the cookies of a relying party on the same host alone', async () => {
    const theirs = 'session=theirs; interaction=theirs; device=theirs; browser=theirs; console=theirs';
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    const cookie = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
    const page = await browser.request(browser.base, { headers: { cookie: `${theirs}; ${cookie}` } });
    expect(page.status).toBe(200);
    const set = page.headers.getSetCookie();
    expect(set.filter((line) => !/^tessera_/.test(line))).toEqual([]);
  });
});
