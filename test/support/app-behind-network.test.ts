// A whole sign-in passes a network without faults, and a lost answer has had its effect.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppBehindNetwork, startAppBehindNetwork } from './app-behind-network.ts';
import { onFirst } from './faulty-network.ts';
import { createWaitingBrowser } from './waiting-browser.ts';

let app: AppBehindNetwork;
beforeAll(async () => {
  app = await startAppBehindNetwork();
});
afterAll(() => app?.stop());

it('signs in through the network, also when the answer to Deny was lost on the way', async () => {
  const phone = await app.phone();
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  const claim = await phone.scan({ qr: await browser.qr() });
  app.network.setRule(onFirst(/\/deny$/, { kind: 'answer-lost' }));
  await expect(phone.deny(claim)).rejects.toThrow();
  expect(app.network.seen.at(-1)).toMatchObject({ fault: 'answer-lost', status: 200 });
  expect((await browser.ticket()).json().state).toBe('denied');
});
