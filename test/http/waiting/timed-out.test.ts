// A timeout is not a refusal by the person: the app hears once that nobody answered in time, and so do the
// activity and the figures.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWaitingBrowser, onwardOf, redirectUri } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => {
  app.time.shiftSeconds = 0;
});
afterAll(() => app.stop());

const html = { headers: { accept: 'text/html' } };
const events = ['sign_in.timed_out', 'ticket.cancelled', 'ticket.denied'] as const;

/** How many records and figures `work` adds. */
async function addedBy(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const look = async () => {
    // Both looks are from the same instant, or midnight could lie between them.
    app.time.shiftSeconds = 700;
    const counts = events.map(async (event) => (await app.store.audit.query({ event, limit: 1000 })).records.length);
    const { timed_out, cancelled, denied } = (await app.statistics.read()).month.totals;
    return [...(await Promise.all(counts)), timed_out, cancelled, denied];
  };
  const before = await look();
  app.time.shiftSeconds = 0;
  await work();
  const names = [...events, 'timed_out', 'cancelled', 'denied'];
  const after = await look();
  const added = names.map((name, i) => [name, (after[i] ?? 0) - (before[i] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count > 0));
}
const once = { 'sign_in.timed_out': 1, timed_out: 1 };

function expectTimeout(callback: URL): void {
  expect(callback.href.startsWith(redirectUri)).toBe(true);
  expect(callback.searchParams.get('error')).toBe('access_denied');
  expect(callback.searchParams.get('error_description')).toBe('nobody answered in time');
  expect(callback.searchParams.get('state')).toBe('state-1');
}

describe('a sign-in that nobody answers', () => {
  it('returns with "nobody answered in time" when the last code has expired and the person goes back', async () => {
    const added = await addedBy(async () => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open();
      app.time.shiftSeconds = 121;
      const location = String((await browser.cancel()).json().location);
      expectTimeout(await browser.follow(location));
    });
    expect(added).toEqual(once);
  });

  it('returns by itself, once, when the 10 minutes of the interaction are over', async () => {
    const added = await addedBy(async () => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open();
      app.time.shiftSeconds = 588;
      const waiting = await browser.request(browser.base, html);
      expect([onwardOf(waiting), waiting.text.includes('id="waiting"')]).toEqual([null, true]);
      app.time.shiftSeconds = 592;
      const page = await browser.request(browser.base, html);
      // The script of another tab asks at the same moment.
      const second = await browser.cancel();
      expect(second.json().location).toBe(onwardOf(page));
      // The phone cannot approve what has ended.
      expect((await browser.ticket()).json().state).toBe('cancelled');
      expectTimeout(await browser.follow(String(onwardOf(page))));
      expect((await browser.request(browser.base, html)).status).toBe(404);
    });
    expect(added).toEqual(once);
  });

  it('is counted where the app shows no QR code', async () => {
    const { client } = await app.clients.create({
      client_name: 'No code',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      qr_sign_in: 'off',
    });
    const added = await addedBy(async () => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ client_id: client.id });
      app.time.shiftSeconds = 592;
      const page = await browser.request(browser.base, html);
      expectTimeout(await browser.follow(String(onwardOf(page))));
    });
    expect(added).toEqual(once);
  });

  it('a person who cancels is no timeout', async () => {
    const added = await addedBy(async () => {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open();
      const { searchParams } = await browser.follow(String((await browser.cancel()).json().location));
      expect(searchParams.get('error_description')).toBe('the sign-in was refused');
    });
    expect(added).toEqual({ 'ticket.cancelled': 1, cancelled: 1 });
  });
});
