// How refresh tokens rotate, on each kind of store (security.md A8).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestApp } from '../support/app.ts';
import { approveFor, refresh, signIn, type Tokens, userinfo } from '../support/signed-in.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

const fifty = Array.from({ length: 50 });
const tokensIn = async (response: Response) => (await response.json()) as Tokens;
const errorIn = async (response: Response) => ((await response.json()) as { error?: string }).error;

export function refreshCases(name: string, open: () => Promise<TestApp>): void {
  describe(`refresh tokens on ${name}`, () => {
    let app: TestApp;
    let alice: VirtualPhone;
    beforeAll(async () => {
      app = await open();
      alice = await app.phone('alice');
    });
    afterAll(() => app.stop());

    const begin = async () => (await signIn(app, alice)).tokens.refresh_token ?? '';
    const next = async (token: string) => (await tokensIn(await refresh(app, token))).refresh_token ?? '';
    const repeats = async () => (await app.audit.query({ event: 'refresh_token.repeated', limit: 200 })).records;

    it('A8 lead 50 parallel refreshes to exactly one live successor', async () => {
      const first = await begin();
      const answers = await Promise.all(fifty.map(() => refresh(app, first)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      const successors = new Set((await Promise.all(answers.map(tokensIn))).map((each) => each.refresh_token));
      expect(successors.size).toBe(1);
      const [successor = ''] = successors;
      expect(successor).not.toBe(first);
      await expect.poll(async () => (await repeats()).length).toBe(49);
      expect((await refresh(app, successor)).status).toBe(200);
    });

    it('A8 give a repeat the same successor, and record it', async () => {
      const before = await repeats();
      const first = await begin();
      const successor = await next(first);
      // The clock goes on while this runs. refresh-rotation.test.ts asserts the exact second.
      app.time.shiftSeconds += 5;
      const again = await tokensIn(await refresh(app, first));
      expect(again.refresh_token).toBe(successor);
      expect((await userinfo(app, again.access_token)).status).toBe(200);
      await expect.poll(async () => (await repeats()).length).toBe(before.length + 1);
      const known = {
        clientId: 'dev-public',
        accountId: expect.any(String),
        address: expect.stringMatching(/^(127|::1)/),
      };
      expect((await repeats())[0]).toMatchObject(known);
      expect((await refresh(app, successor)).status).toBe(200);
    });

    it('A8 end the family when one is used again after 10 seconds', async () => {
      const first = await begin();
      const newest = await tokensIn(await refresh(app, first));
      app.time.shiftSeconds += 10;
      expect(await errorIn(await refresh(app, first))).toBe('invalid_grant');
      expect(await errorIn(await refresh(app, newest.refresh_token ?? ''))).toBe('invalid_grant');
      expect((await userinfo(app, newest.access_token)).status).toBe(401);
    });

    it('A8 end the family when one is used again after its successor was used', async () => {
      const first = await begin();
      const second = await next(first);
      const third = await next(second);
      expect(await errorIn(await refresh(app, first))).toBe('invalid_grant');
      expect(await errorIn(await refresh(app, third))).toBe('invalid_grant');
    });

    it('A8 give another client nothing for a repeat', async () => {
      const { client } = await app.clients.create({
        client_name: 'Other',
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
      });
      const first = await begin();
      const second = await next(first);
      expect(await errorIn(await refresh(app, first, { client_id: client.id }))).toBe('invalid_grant');
      expect((await refresh(app, second)).status).toBe(200);
    });

    it('A8 do not outlive the first of their family', async () => {
      const first = await begin();
      app.time.shiftSeconds += 13 * 86_400;
      const second = await next(first);
      app.time.shiftSeconds += 2 * 86_400;
      expect(await errorIn(await refresh(app, second))).toBe('invalid_grant');
      app.time.shiftSeconds = 0;
    });

    it('keep their value for a client that authenticates', async () => {
      const { client, secret } = await app.clients.create({
        client_name: 'Server',
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
      });
      const headers = { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` };
      const ask = (body: Record<string, string>) =>
        fetch(`${app.issuer}/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
      const browser = createWaitingBrowser(app.issuer);
      const code = (await approveFor(browser, alice, { client_id: client.id })).searchParams.get('code') ?? '';
      const first = await tokensIn(
        await ask({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: browser.verifier,
        }),
      );
      const refreshed = () => ask({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' });
      const answers = await Promise.all(fifty.slice(0, 5).map(refreshed));
      const values = (await Promise.all(answers.map(tokensIn))).map((each) => each.refresh_token);
      expect(values).toEqual(Array(5).fill(first.refresh_token));
      app.time.shiftSeconds += 60;
      expect((await refreshed()).status).toBe(200);
    });
  });
}
