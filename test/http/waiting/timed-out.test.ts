// A timeout is not a refusal by the person: the app hears that nobody answered in time, once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const recorded = async (event: 'sign_in.timed_out' | 'ticket.cancelled') =>
  (await app.store.audit.query({ event, limit: 10 })).records.length;

it('returns with "nobody answered in time", and says so in the activity', async () => {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  app.time.shiftSeconds += 121;
  const location = String((await browser.cancel()).json().location);
  const callback = await browser.follow(location);
  expect(callback.searchParams.get('error')).toBe('access_denied');
  expect(callback.searchParams.get('error_description')).toBe('nobody answered in time');
  expect(await recorded('sign_in.timed_out')).toBe(1);
  expect(await recorded('ticket.cancelled')).toBe(0);
});
