// The audit trail and registration tokens by API (security.md E1, E2, E3, H5). The export streams with the
// same filters and holds no secret, a slow reader delays nobody, and every change records who made it by
// whichever interface.
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Machine, openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { refresh, signIn } from '../../support/signed-in.ts';

let app: TestApp;
let api: Machine;
beforeAll(async () => {
  app = await startApp({ registration: { enabled: true } });
  api = await openMachine(app, 'audit:read', 'clients:read', 'clients:write', 'keys:write');
});
afterAll(() => app.stop());

type Line = Record<string, unknown> & { event: string; facts: Record<string, unknown> };
const authorization = () => `Bearer ${api.token}`;

async function exported(query = ''): Promise<Line[]> {
  const response = await fetch(`${app.issuer}/admin/v1/audit/export${query}`, {
    headers: { authorization: authorization() },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/jsonl']);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.jsonl"');
  const text = await response.text();
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
}

const gone = { ticketId: null, correlationId: null, accountId: 'gone', clientId: null, deviceId: null, address: null };

describe('the export', () => {
  it('H5 has every record once, newest first, over many pages and with the filters of the list', async () => {
    const at = Math.floor(Date.now() / 1000);
    for (let i = 0; i < 1203; i++)
      await app.store.audit.append({ ...gone, at: at - 5000 + i, event: 'device.created', facts: { name: String(i) } });
    const lines = await exported('?account=gone');
    expect(lines.map(({ facts }) => facts.name)).toEqual(Array.from({ length: 1203 }, (_, i) => String(1202 - i)));
    expect(lines[0]).toEqual({
      at: at - 5000 + 1202,
      event: 'device.created',
      ticket_id: null,
      correlation_id: null,
      account_id: 'gone',
      client_id: null,
      device_id: null,
      address: null,
      facts: { name: '1202' },
    });
    expect(await exported(`?account=gone&from=${at - 5000 + 10}&to=${at - 5000 + 12}`)).toHaveLength(3);
    expect(await exported('?account=nobody')).toEqual([]);
    for (const query of ['?event=nonsense', '?limit=5', '?cursor=x', '?from=x'])
      expect((await api.call('GET', `/audit/export${query}`)).status, query).toBe(400);
  });

  it('waits for a slow reader with little in memory, and stops reading when it leaves', async () => {
    const at = Math.floor(Date.now() / 1000);
    const facts = { fields: 'x'.repeat(2000) };
    for (let i = 0; i < 8000; i++)
      await app.store.audit.append({ ...gone, accountId: 'big', at, event: 'account.changed', facts });
    const query = vi.spyOn(app.store.audit, 'query');
    const request = get(`${app.issuer}/admin/v1/audit/export?account=big`, {
      headers: { authorization: authorization() },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'readable');
    response.read(1);
    // Nobody reads on: what is asked of the store comes to rest far from the 17 pages there are.
    let seen = -1;
    await vi.waitFor(
      () => {
        const calls = query.mock.calls.length;
        const isResting = calls === seen;
        seen = calls;
        expect(isResting).toBe(true);
      },
      { timeout: 10_000, interval: 300 },
    );
    expect(seen).toBeLessThan(12);
    expect((await fetch(`${app.issuer}/health/ready`)).status).toBeLessThan(500);
    response.destroy();
    await once(response, 'close');
    await fetch(`${app.issuer}/health/ready`);
    expect(query.mock.calls.length).toBeLessThanOrEqual(seen + 1);
    expect((await exported('?account=big')).length).toBe(8000);
    query.mockRestore();
  });

  it('H4 H5 contains every event of a sign-in from the QR code to the redeemed code, and no secret', async () => {
    const { tokens, code, browser } = await signIn(app, await app.phone('alice'), {
      scope: 'openid offline_access',
      prompt: 'consent',
    });
    await refresh(app, tokens.refresh_token ?? '');
    const issued = (await exported('?event=ticket.issued'))[0];
    const story = await exported(`?correlation=${issued?.correlation_id}`);
    expect(story.map(({ event }) => event)).toEqual([
      'code.redeemed',
      'code.issued',
      'ticket.consumed',
      'ticket.approved',
      'ticket.scanned',
      'ticket.issued',
    ]);
    expect(new Set(story.map(({ ticket_id }) => ticket_id)).size).toBe(1);
    const text = JSON.stringify(await exported());
    const cookies = [...browser.cookies.values()].map(({ value }) => value);
    for (const secret of [
      tokens.access_token,
      tokens.id_token,
      tokens.refresh_token ?? '-',
      code,
      browser.verifier,
      'tessera-demo-alice',
      api.token,
    ])
      expect(text.includes(secret), secret.slice(0, 8)).toBe(false);
    for (const value of cookies.filter((each) => each.length > 20)) expect(text.includes(value)).toBe(false);
  });

  it('H5 has the sign-out in the story of the sign-in that it ends', async () => {
    const { browser, tokens } = await signIn(app, await app.phone('alice'));
    await browser.request(`/session/end?id_token_hint=${tokens.id_token}`, { headers: { accept: 'text/html' } });
    const ticket = (await exported('?event=ticket.consumed'))[0]?.ticket_id;
    await vi.waitFor(async () => expect((await exported(`?ticket=${ticket}`))[0]?.event).toBe('session.ended'));
  });
});

describe('the actor of a change', () => {
  it('E2 is recorded with every change, by configuration and by machine, with the values before and after', async () => {
    const created = await exported('?event=client.created&client=dev-web');
    expect(created).toMatchObject([{ client_id: 'dev-web', facts: { by: 'configuration' } }]);
    const { body } = await api.call('POST', '/clients', {
      client_name: 'Shop',
      redirect_uris: ['https://shop.example/cb'],
    });
    const id = String(body.client_id);
    await api.call(
      'PATCH',
      `/clients/${id}`,
      { client_name: 'Big shop', redirect_uris: ['https://big.example/cb'] },
      { 'if-match': '*' },
    );
    expect(await exported(`?client=${id}`)).toMatchObject([
      {
        event: 'client.changed',
        facts: {
          by: api.clientId,
          client_name: '"Shop" -> "Big shop"',
          redirect_uris: '+"https://big.example/cb" -"https://shop.example/cb"',
        },
      },
      { event: 'client.created', facts: { by: api.clientId } },
    ]);
  });
});

describe('registration tokens', () => {
  it('E3 are listed with their remaining uses, revoked once, and refused from then on', async () => {
    const { body } = await api.call('POST', '/registration-tokens', { name: 'partners', uses: 3, days: 2 });
    const register = () =>
      fetch(`${app.issuer}/registration`, {
        method: 'POST',
        headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: ['https://rp.example/cb'] }),
      }).then(({ status }) => status);
    expect(await register()).toBe(201);
    const listed = await api.call('GET', '/registration-tokens');
    const now = Math.floor(Date.now() / 1000);
    const [token] = listed.body.tokens as Record<string, unknown>[];
    expect(listed.body).toMatchObject({
      tokens: [{ name: 'partners', uses: 3, uses_left: 2, created_by: api.clientId }],
      next_cursor: null,
    });
    expect(Number(token?.expires_at) - now).toBeGreaterThan(2 * 86_400 - 60);
    expect(JSON.stringify(listed.body)).not.toContain(body.token);
    expect((await api.call('DELETE', `/registration-tokens/${token?.id}`)).status).toBe(204);
    const again = await api.call('DELETE', `/registration-tokens/${token?.id}`);
    expect([again.status, again.body.code]).toEqual([404, 'registration_token_not_found']);
    expect((await api.call('DELETE', '/registration-tokens/InitialToken')).status).toBe(404);
    expect(await register()).toBe(401);
    expect((await api.call('GET', '/registration-tokens')).body.tokens).toEqual([]);
    const events = (await exported(`?client=${api.clientId}`)).map(
      ({ event, facts }) => `${event} ${facts.name ?? ''}`,
    );
    expect(events).toEqual(
      expect.arrayContaining(['registration_token.revoked partners', 'registration_token.created partners']),
    );
  });
});
