// The statistics over HTTP: what a real sign-in changes, and what the API, the command line and the client
// pages then show.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { approveFor, signIn } from '../../support/signed-in.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let api: Machine;
let phone: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  api = await openMachine(app, 'audit:read', 'clients:read', 'clients:write');
  phone = await app.phone('alice');
});
afterEach(() => {
  app.time.shiftSeconds = 0;
});
afterAll(() => app.stop());

type Outcomes = Record<string, number>;
type Answer = {
  totals: Outcomes;
  buckets: (Outcomes & { at: number })[];
  open_now: number;
  median_seconds: number | null;
};

async function figures(range = '24h') {
  const answer = await api.call('GET', `/statistics?range=${range}`);
  expect(answer.status).toBe(200);
  // The body of an answer is typed as any JSON.
  return answer.body as unknown as Answer & { clients: { client_id: string; shown: number; approved: number }[] };
}

/** What `work` adds to the totals, those that it leaves alone left out. The same by hour and by day. */
async function movedBy(work: () => Promise<unknown>): Promise<Outcomes> {
  const before = await Promise.all([figures('24h'), figures('30d')]);
  await work();
  const after = await Promise.all([figures('24h'), figures('30d')]);
  const [hours, days] = after.map(({ totals }, i) => {
    const moved = Object.entries(totals).map(
      ([name, count]) => [name, count - (before[i]?.totals[name] ?? 0)] as const,
    );
    return Object.fromEntries(moved.filter(([, by]) => by !== 0));
  });
  expect(days).toEqual(hours);
  return hours ?? {};
}

const opened = async () => {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  return browser;
};

describe('statistics', () => {
  it('count a sign-in exactly once as shown, scanned and approved, and for its client', async () => {
    const clientsBefore = (await figures()).clients.find(({ client_id: id }) => id === 'dev-public');
    expect(await movedBy(() => signIn(app, phone))).toEqual({ shown: 1, scanned: 1, approved: 1 });
    const { clients, median_seconds: median, buckets } = await figures();
    expect(clients.find(({ client_id: id }) => id === 'dev-public')).toEqual({
      client_id: 'dev-public',
      shown: (clientsBefore?.shown ?? 0) + 1,
      approved: (clientsBefore?.approved ?? 0) + 1,
    });
    expect(median).toBeLessThan(10);
    expect(buckets).toHaveLength(24);
    expect(buckets.at(-1)?.at).toBe(Math.floor(Date.now() / 3_600_000) * 3600);
    expect((await figures('30d')).buckets).toHaveLength(30);
  });

  it('count a refusal as denied and leaving as cancelled, once each', async () => {
    const denied = await movedBy(async () => {
      const browser = await opened();
      await phone.deny(await phone.scan({ qr: await browser.qr() }));
    });
    expect(denied).toEqual({ shown: 1, scanned: 1, denied: 1 });
    expect(await movedBy(async () => (await opened()).cancel())).toEqual({ shown: 1, cancelled: 1 });
  });

  it('count a reloaded phone page as one scan, and wrong confirmation codes beside an approval', async () => {
    const moved = await movedBy(async () => {
      const browser = await opened();
      const qr = await browser.qr();
      await phone.scan({ qr });
      await phone.approve(await phone.scan({ qr }));
    });
    expect(moved).toEqual({ shown: 1, scanned: 1, approved: 1 });
    const wrong = await movedBy(async () => {
      const browser = createWaitingBrowser(app.issuer);
      const { client } = await app.clients.create({
        client_name: 'Asks',
        redirect_uris: ['http://127.0.0.1:8765/callback'],
        token_endpoint_auth_method: 'none',
        qr_confirmation: 'always',
      });
      await browser.open({ client_id: client.id, scope: 'openid' });
      const code = await phone.approve(await phone.scan({ qr: await browser.qr() }));
      for (let i = 0; i < 5; i++) await browser.finish(code === '000000' ? '000001' : '000000');
    });
    expect(wrong).toEqual({ shown: 1, scanned: 1, approved: 1, confirmation_wrong: 5 });
  });

  it('count an unanswered code as open, and as expired after its deadline', async () => {
    const open = (await figures()).open_now;
    expect(await movedBy(opened)).toEqual({ shown: 1, open: 1 });
    expect((await figures()).open_now).toBe(open + 1);
    app.time.shiftSeconds = 400;
    const { totals, open_now: later } = await figures();
    expect([later, totals.open]).toEqual([0, 0]);
    expect(totals.expired).toBeGreaterThanOrEqual(1);
    const { shown = 0, approved = 0, denied = 0, cancelled = 0, expired = 0 } = totals;
    expect(approved + denied + cancelled + expired).toBe(shown);
  });

  it('survive a restart, since closing writes what is pending', async () => {
    const other = await app.openAgain();
    const { month } = await other.statistics.read();
    await other.close();
    expect(month.totals.approved).toBe((await figures('30d')).totals.approved);
    expect(month.totals.approved).toBeGreaterThan(0);
  });

  it('E1 need the scope of the audit log, and a wrong range is refused', async () => {
    const stranger = await openMachine(app, 'clients:read');
    expect((await stranger.call('GET', '/statistics')).status).toBe(403);
    expect((await fetch(`${app.issuer}/admin/v1/statistics`)).status).toBe(401);
    const wrong = await api.call('GET', '/statistics?range=7d');
    expect([wrong.status, wrong.body.code]).toEqual([400, 'body_invalid']);
  });
});

describe('last use', () => {
  type Shown = {
    client_id: string;
    last_used_at: number | null;
    secrets: { id: string; last_used_at: number | null }[];
  };
  // As above.
  const shown = async (id: string) => (await api.call('GET', `/clients/${id}`)).body as unknown as Shown;
  const now = () => Math.floor(Date.now() / 1000);

  it('of a client is its last sign-in, of a secret the last time it was right', async () => {
    const { client } = await app.clients.create({
      client_name: 'Fresh',
      redirect_uris: ['http://127.0.0.1:8765/callback'],
    });
    const second = await app.clients.addSecret(client.id, { name: 'second', expiresAt: null });
    expect(await shown(client.id)).toMatchObject({
      last_used_at: null,
      secrets: [{ last_used_at: null }, { last_used_at: null }],
    });
    const browser = createWaitingBrowser(app.issuer);
    const callback = await approveFor(browser, phone, { client_id: client.id, scope: 'openid' });
    const signedIn = await shown(client.id);
    expect(now() - Number(signedIn.last_used_at)).toBeLessThan(5);
    expect(signedIn.secrets.map((each) => each.last_used_at)).toEqual([null, null]);

    const asBasic = (password: string) =>
      fetch(`${app.issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`${client.id}:${password}`).toString('base64')}` },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code: callback.searchParams.get('code') ?? '',
          redirect_uri: 'http://127.0.0.1:8765/callback',
          code_verifier: browser.verifier,
        }),
      });
    expect((await asBasic('wrong')).status).toBe(401);
    expect((await shown(client.id)).secrets.map((each) => each.last_used_at)).toEqual([null, null]);
    expect((await asBasic(second.secret)).status).toBe(200);
    const { secrets } = await shown(client.id);
    expect(secrets.find(({ id }) => id !== second.id)?.last_used_at).toBeNull();
    expect(now() - Number(secrets.find(({ id }) => id === second.id)?.last_used_at)).toBeLessThan(5);
  });

  it('of a machine is when it proved itself; and the list says the same', async () => {
    const one = await shown(api.clientId);
    expect(one.last_used_at).toBe(one.secrets[0]?.last_used_at);
    expect(now() - Number(one.last_used_at)).toBeLessThan(60);
    const { clients } = (await api.call('GET', '/clients?search=ops')).body as unknown as { clients: Shown[] };
    expect(clients.find(({ client_id: id }) => id === api.clientId)).toEqual(one);
  });

  it('is written at most once a minute', async () => {
    const { client } = await app.clients.create({
      client_name: 'Busy',
      redirect_uris: ['http://127.0.0.1:8765/callback'],
      token_endpoint_auth_method: 'none',
    });
    const sign = () => approveFor(createWaitingBrowser(app.issuer), phone, { client_id: client.id, scope: 'openid' });
    await sign();
    const first = (await shown(client.id)).last_used_at;
    app.time.shiftSeconds = 50;
    app.clientUses.noteSignIn(client.id, null);
    expect((await shown(client.id)).last_used_at).toBe(first);
    app.time.shiftSeconds = 61;
    app.clientUses.noteSignIn(client.id, null);
    expect((await shown(client.id)).last_used_at).toBeGreaterThanOrEqual(Number(first) + 60);
  });
});
