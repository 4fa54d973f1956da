// Ending everything of an account: its approvals, however many, and its devices.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceId } from '../../../src/core/device/device.ts';
import { buildApproval, buildDevice, randomId } from '../../store/records.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor } from '../../support/signed-in.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const now = () => Math.floor(Date.now() / 1000);

describe('ending everything of an account', () => {
  it('C5 ends each approval once, over several pages, finished or not, and none of other accounts', async () => {
    const { store, approvals, audit } = app;
    const accountId = randomId();
    const build = (i: number) =>
      buildApproval(now(), { accountId, approvedAt: now() - i, sessionUid: i % 3 === 0 ? null : randomId() });
    const all = Array.from({ length: 130 }, (_, i) => build(i));
    const before = buildApproval(now(), { accountId, endedAt: 5 });
    const others = buildApproval(now(), { accountId: randomId(), sessionUid: randomId() });
    for (const approval of [...all, before, others]) await store.approvals.create(approval);
    expect(await approvals.endAll(accountId, 'administrator')).toBe(130);
    for (const { id } of all) expect((await store.approvals.find(id))?.endedAt).not.toBeNull();
    expect((await store.approvals.find(before.id))?.endedAt).toBe(5);
    expect((await store.approvals.find(others.id))?.endedAt).toBeNull();
    expect(await approvals.endAll(accountId, 'administrator')).toBe(0);
    const { records } = await audit.query({ accountId, event: 'approval.ended', limit: 200 });
    expect(new Set(records.map(({ ticketId }) => ticketId))).toEqual(new Set(all.map(({ id }) => id)));
    expect(records.every(({ facts }) => facts.by === 'administrator')).toBe(true);
  });

  it('C5 ends a browser whose ending was interrupted by a crash', async () => {
    const phone = await app.phone('bob');
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    const [approval] = await phone.approvals();
    const id = String(approval?.id);
    const found = await app.store.approvals.update(
      id as Parameters<typeof app.store.approvals.update>[0],
      (current) => ({
        ...current,
        endedAt: 1,
      }),
    );
    const ask = async () => (await browser.open({ prompt: 'none' })).headers.get('location');
    expect(await ask()).not.toContain('error=');
    await app.approvals.endAll(String(found?.accountId), 'administrator');
    expect(await ask()).toContain('error=login_required');
  });

  it.each([
    ['account was signed out everywhere', (accountId: string) => app.accounts.signOut(accountId)],
    ['phone was signed out', (accountId: string) => app.devices.removeAll(accountId)],
  ])('C5 makes an approval that is not redeemed yet void once the %s', async (_, end) => {
    const [phone, browser] = [await app.phone('bob'), createWaitingBrowser(app.issuer)];
    await browser.open();
    const code = await phone.approve(await phone.scan({ qr: await browser.qr() }));
    const bob = await app.accounts.findByUsername('bob');
    await end(bob?.id ?? '');
    const finished = await browser.finish(code ?? undefined);
    expect([finished.status, finished.json().code]).toEqual([409, 'ticket_already_decided']);
  });

  it('C5 signs out every device, also apps, and returns them', async () => {
    const accountId = randomId();
    const used = { authenticatedAt: now(), createdAt: now(), lastUsedAt: now() };
    const browser = buildDevice({ accountId, ...used });
    const native = buildDevice({ accountId, ...used, secretHash: null });
    const out = buildDevice({ accountId, ...used, secretHash: null, removedAt: 7 });
    const idle = buildDevice({ accountId, secretHash: null });
    const others = buildDevice({ accountId: randomId(), ...used });
    for (const device of [browser, native, out, idle, others]) await app.store.devices.create(device);
    const removed = await app.devices.removeAll(accountId);
    expect(removed.map(({ id }) => id).sort()).toEqual([browser.id, native.id].sort());
    expect(await app.devices.list(accountId)).toEqual([]);
    expect(await app.store.devices.find(browser.id)).toBeNull();
    const removedAt = async (id: DeviceId) => (await app.store.devices.find(id))?.removedAt;
    expect(await removedAt(native.id)).toBeGreaterThan(7);
    expect(await removedAt(out.id)).toBe(7);
    expect(await app.devices.list(others.accountId)).toHaveLength(1);
    // A token from before does not enrol the app again.
    const again = { accountId, keyThumbprint: String(native.keyThumbprint), name: 'app', address: '::1', signOuts: 0 };
    await expect(app.devices.findOrEnrol({ ...again, authenticatedAt: now() - 1 })).rejects.toMatchObject({
      code: 'not_signed_in',
    });
    expect(await app.devices.removeAll(accountId)).toEqual([]);
  });
});
