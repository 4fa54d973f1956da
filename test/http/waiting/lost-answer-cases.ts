// Answers that got lost (protocol.md section 3): every step of a sign-in that happens once answers a
// repetition by the same caller like the first time. Whoever else repeats it, or changes it, is refused.
// Black box, on each kind of store.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto.ts';
import type { TestApp } from '../../support/app.ts';
import { openDesk } from '../../support/console-desk.ts';
import { createScreen } from '../../support/screen.ts';
import { signIn } from '../../support/signed-in.ts';
import { createVirtualAuthenticator, type VirtualAuthenticator } from '../../support/virtual-authenticator.ts';
import type { Answer, Claim, VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, redirectUri, type WaitingBrowser } from '../../support/waiting-browser.ts';

const config = {
  limits: {
    claims_per_device_per_minute: 5000,
    claims_per_address_per_minute: 5000,
    ticket_creations_per_minute: 5000,
  },
  clients: [
    {
      client_id: 'dev-public',
      client_name: 'Shop',
      first_party: true,
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      client_uri: 'http://127.0.0.1:8765/home',
      initiate_login_uri: 'https://shop.example/login',
      scope: 'openid profile email',
    },
    {
      client_id: 'asks',
      client_name: 'Asks for consent',
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'openid profile email',
    },
    {
      client_id: 'coded',
      client_name: 'Always a code',
      first_party: true,
      token_endpoint_auth_method: 'none',
      redirect_uris: [redirectUri],
      scope: 'openid profile email',
      qr_confirmation: 'always',
    },
    {
      client_id: 'tv',
      client_name: 'Tea TV',
      token_endpoint_auth_method: 'none',
      grant_types: ['refresh_token'],
      device_grant: true,
      redirect_uris: [],
      scope: 'openid profile offline_access',
    },
  ],
};
const fifty = Array.from({ length: 50 }, (_, i) => i);
const html = { accept: 'text/html' };

/** @param open a provider with a second one on the same store */
export function lostAnswerCases(name: string, open: (config: Record<string, unknown>) => Promise<TestApp>): void {
  describe(`B21 an answer that got lost, on ${name}`, () => {
    let app: TestApp;
    let alice: VirtualPhone;
    let bob: VirtualPhone;
    let key: VirtualAuthenticator;
    beforeAll(async () => {
      app = await open(config);
      [alice, bob] = [await app.phone('alice'), await app.phone('bob')];
      key = createVirtualAuthenticator({ origin: app.issuer });
      await alice.addPasskey(key);
    });
    afterAll(() => app.stop());

    async function waiting(change: Record<string, string | undefined> = {}): Promise<WaitingBrowser> {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open(change);
      return browser;
    }
    async function claimed(change: Record<string, string | undefined> = {}) {
      const browser = await waiting(change);
      return { browser, claim: await alice.scan({ qr: await browser.qr() }) };
    }
    async function approved(change: Record<string, string | undefined> = {}) {
      const { browser, claim } = await claimed(change);
      return { browser, claim, code: (await alice.approve(claim)) ?? undefined };
    }
    /** Sends a request whose answer never arrives: neither its body nor its cookies. */
    async function lose<T>(browser: WaitingBrowser, send: () => Promise<T>): Promise<T> {
      const before = [...browser.cookies];
      const lost = await send();
      browser.cookies.clear();
      for (const [name, value] of before) browser.cookies.set(name, value);
      return lost;
    }
    const decide = (phone: VirtualPhone, { ticket, approvalToken }: Claim, as: string, change: object = {}) =>
      phone.call('POST', `/phone/v1/tickets/${ticket}/${as}`, { approval_token: approvalToken, ...change });
    const short = ({ status, body }: Answer) => [status, body.code ?? body.state];
    const ticketIdOf = async (browser: WaitingBrowser): Promise<string> => digest(handleIn(await browser.qr()));
    const handleIn = (qr: string): string => new URL(qr).pathname.split('/')[2]?.split('.')[0] ?? '';
    const countOf = async (event: string, ticketId: string): Promise<number> =>
      (await app.audit.query({ event: event as never, limit: 500 })).records.filter(
        (each) => each.ticketId === ticketId,
      ).length;
    /** The address at the app, from the answer to a finish. */
    const backAt = (browser: WaitingBrowser, location: unknown) => browser.follow(String(location));

    describe('of the phone', () => {
      it('a claim gives a fresh approval token, and the old one dies', async () => {
        const browser = await waiting();
        const id = await ticketIdOf(browser);
        const qr = await browser.qr();
        const lost = await alice.scan({ qr });
        const again = await alice.scan({ qr });
        expect(again.ticket).toBe(lost.ticket);
        expect(short(await decide(alice, lost, 'approve'))).toEqual([403, 'approval_token_invalid']);
        await expect(bob.scan({ qr })).rejects.toMatchObject({ code: 'ticket_already_scanned' });
        const all = await Promise.all(fifty.map(() => alice.scan({ qr })));
        const codes = [];
        for (const each of all) codes.push((await decide(alice, each, 'approve')).status);
        expect(codes.filter((code) => code === 200)).toHaveLength(1);
        expect(await countOf('ticket.scanned', id)).toBe(1);
      });

      it('a claim by a picture that was fresh at the first claim is repeated later', async () => {
        const browser = await waiting();
        const qr = await browser.qr();
        await alice.scan({ qr });
        app.time.shiftSeconds = 45;
        try {
          expect((await alice.scan({ qr })).ticket).toBe(handleIn(qr));
          const other = await app.phone('alice');
          await expect(other.scan({ qr })).rejects.toMatchObject({ code: 'frame_stale' });
        } finally {
          app.time.shiftSeconds = 0;
        }
      });

      it('an approval answers with the same confirmation code, once for 50 repetitions', async () => {
        const browser = await waiting({ client_id: 'coded' });
        const id = await ticketIdOf(browser);
        const claim = await alice.scan({ qr: await browser.qr() });
        const answers = await Promise.all(fifty.map(() => decide(alice, claim, 'approve')));
        const codes = new Set(answers.map(({ status, body }) => `${status} ${body.state} ${body.confirmation_code}`));
        expect([...codes]).toEqual([expect.stringMatching(/^200 approved \d{6}$/)]);
        expect(await countOf('ticket.approved', id)).toBe(1);
        const [code = ''] = [...codes].map((each) => each.split(' ')[2]);
        expect((await browser.finish(code)).status).toBe(200);
        // The browser is signed in now; the phone still gets its answer.
        expect((await decide(alice, claim, 'approve')).body).toEqual({ state: 'approved', confirmation_code: code });
      });

      it('an approval by passkey is repeated with the same answer of the authenticator', async () => {
        const { claim } = await claimed({ acr_values: 'urn:tessera:qr:verified' });
        const passkey = key.get(claim.passkeyOptions as Record<string, unknown>);
        const answers = await Promise.all(fifty.slice(0, 10).map(() => decide(alice, claim, 'approve', { passkey })));
        expect(answers.map(short)).toEqual(Array(10).fill([200, 'approved']));
      });

      it('a denial is repeated, and reports once', async () => {
        const browser = await waiting();
        const id = await ticketIdOf(browser);
        const claim = await alice.scan({ qr: await browser.qr() });
        const answers = await Promise.all(fifty.map(() => decide(alice, claim, 'deny', { report: true })));
        expect(answers.map(short)).toEqual(Array(50).fill([200, 'denied']));
        expect([await countOf('ticket.denied', id), await countOf('ticket.reported', id)]).toEqual([1, 1]);
      });

      it('the answer for a screen is repeated', async () => {
        const begin = () => createScreen(app.issuer, 'tv').begin();
        for (const [as, state] of [
          ['approve', 'approved'],
          ['deny', 'denied'],
        ] as const) {
          const claim = await alice.scan({ qr: (await begin()).verification_uri_complete });
          const sent = as === 'approve' ? { user_code_confirmed: true } : {};
          for (const _turn of [1, 2]) expect(short(await decide(alice, claim, as, sent))).toEqual([200, state]);
        }
      });

      it('is not repeated for another device, another token, another decision or a changed body', async () => {
        const other = await app.phone('alice');
        for (const as of ['approve', 'deny'] as const) {
          const { claim } = await claimed();
          await decide(alice, claim, as);
          for (const phone of [bob, other])
            expect(short(await decide(phone, claim, as))).toEqual([403, 'ticket_other_device']);
          const decided = [409, 'ticket_already_decided'];
          expect(short(await decide(alice, { ...claim, approvalToken: 'x'.repeat(43) }, as))).toEqual(decided);
          expect(short(await decide(alice, claim, as === 'deny' ? 'approve' : 'deny'))).toEqual(decided);
          const changed = as === 'deny' ? { report: true } : { scopes: ['openid'] };
          expect(short(await decide(alice, claim, as, changed))).toEqual(decided);
        }
      });

      it('says what became of the sign-in since: expired or cancelled', async () => {
        const { browser, claim } = await approved();
        await browser.cancel();
        expect(short(await decide(alice, claim, 'approve'))).toEqual([409, 'ticket_already_decided']);
        const late = await approved();
        app.time.shiftSeconds = 61;
        try {
          expect(short(await decide(alice, late.claim, 'approve'))).toEqual([410, 'ticket_expired']);
        } finally {
          app.time.shiftSeconds = 0;
        }
      });
    });

    describe('of the waiting browser', () => {
      /** Each way to end the sign-in part, from an open page. The same request may be sent several times. */
      const ways: Record<
        string,
        () => Promise<{ browser: WaitingBrowser; send: () => ReturnType<WaitingBrowser['json']> }>
      > = {
        async finish() {
          const { browser } = await approved();
          return { browser, send: () => browser.finish() };
        },
        async 'finish with a code'() {
          const { browser, code } = await approved({ client_id: 'coded' });
          return { browser, send: () => browser.finish(code) };
        },
        async cancel() {
          const browser = await waiting();
          return { browser, send: () => browser.cancel() };
        },
        async password() {
          const browser = await waiting();
          const body = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
          const headers = { origin: app.issuer };
          return {
            browser,
            send: () => browser.request(`${browser.base}/password`, { method: 'POST', headers, body }),
          };
        },
        async passkey() {
          const browser = await waiting();
          const path = `${browser.base}/passkey`;
          const passkey = key.get((await browser.json('POST', path, {})).json().options as Record<string, unknown>);
          return { browser, send: () => browser.json('POST', path, { passkey }) };
        },
        async device() {
          const browser = await waiting();
          const path = `${browser.base}/continue`;
          const [cookie = '', value = ''] = alice.cookie.split('=');
          browser.cookies.set(`${cookie} /`, { value, path: '/' });
          const type = { 'content-type': 'application/json' };
          const send = async () =>
            browser.request(path, {
              method: 'POST',
              headers: { ...type, DPoP: await alice.proof('POST', path) },
              body: '{}',
            });
          return { browser, send };
        },
        async consent() {
          const browser = await waiting({ client_id: 'asks', prompt: 'consent' });
          const body = new URLSearchParams({ username: 'alice', password: 'tessera-demo-alice' });
          const signedIn = await browser.request(`${browser.base}/password`, { method: 'POST', body });
          const { location } = signedIn.json();
          const asked = await browser.request(String(location), { headers: html });
          const path = `${asked.headers.get('location')}/consent`;
          return { browser, send: () => browser.json('POST', path) };
        },
      };

      it.each(Object.keys(ways))('%s is repeated 50 times to one place, and the app gets one answer', async (way) => {
        const { browser, send } = await (ways[way] as (typeof ways)[string])();
        const lost = await lose(browser, () => Promise.all(fifty.slice(0, 25).map(send)));
        const again = await Promise.all(fifty.slice(25).map(send));
        const answers = [...lost, ...again].map(({ status, text }) => `${status} ${text}`);
        expect(new Set(answers)).toEqual(
          new Set([expect.stringMatching(/^200 \{"location":"[^"]*\/auth\/[\w-]+"\}$/)]),
        );
        const { location } = (await send()).json();
        const returned = await lose(browser, () => Promise.all(fifty.map(() => backAt(browser, location))));
        const returnedAgain = await backAt(browser, location);
        expect(new Set([...returned, returnedAgain].map(String)).size).toBe(1);
        expect(`${returnedAgain.origin}${returnedAgain.pathname}`).toBe(redirectUri);
        expect(returnedAgain.searchParams.get(way === 'cancel' ? 'error' : 'code')).toBeTruthy();
      });

      it('a sign-in by password leaves one record for 50 repetitions', async () => {
        const count = async () => (await app.audit.query({ event: 'sign_in.succeeded', limit: 500 })).records.length;
        const before = await count();
        const { send } = await (ways.password as (typeof ways)[string])();
        await Promise.all(fifty.map(send));
        expect((await count()) - before).toBe(1);
      });

      it('is followed by the code that the app redeems once, with the session of the first answer', async () => {
        const { browser } = await approved();
        const { location } = (await browser.finish()).json();
        const lost = await lose(browser, () => browser.request(String(location), { headers: html }));
        const again = await browser.request(String(location), { headers: html });
        expect(again.headers.get('location')).toBe(lost.headers.get('location'));
        const code = new URL(String(again.headers.get('location'))).searchParams.get('code') ?? '';
        expect((await browser.redeem(code)).status).toBe(200);
        expect((await browser.redeem(code)).status).toBe(400);
        // The session cookie came with the repeated answer.
        const silent = await browser.request(`/auth?${silentParams()}`, { headers: html });
        expect(silent.headers.get('location')).toContain('code=');
      });

      it('the history leads back to the app: with the code while it is good, then to the sign-in of the app', async () => {
        const { browser } = await approved();
        const { location } = (await browser.finish()).json();
        const lost = await lose(browser, () => browser.request(String(location), { headers: html }));
        const page = await browser.request(browser.base, { headers: html });
        expect(page.text).toContain(new URL(String(location)).pathname);
        const code = new URL(String(lost.headers.get('location'))).searchParams.get('code') ?? '';
        expect((await browser.redeem(code)).status).toBe(200);
        for (const path of [browser.base, String(location)]) {
          let ended = await browser.request(path, { headers: html });
          while (ended.status === 303)
            ended = await browser.request(String(ended.headers.get('location')), { headers: html });
          expect([ended.status, ended.text]).toEqual([404, expect.stringContaining('https://shop.example/login?iss=')]);
        }
      });

      it('is kept for 60 seconds and no longer', async () => {
        const { browser } = await approved();
        const { location } = (await browser.finish()).json();
        const get = () => lose(browser, () => browser.request(String(location), { headers: html }));
        const first = await get();
        try {
          app.time.shiftSeconds = 59;
          expect((await get()).headers.get('location')).toBe(first.headers.get('location'));
          app.time.shiftSeconds = 61;
          expect((await get()).headers.get('location')).toContain('?ended');
        } finally {
          app.time.shiftSeconds = 0;
        }
      });

      it('the page that posts the code is repeated too (form_post)', async () => {
        const { browser } = await approved({ response_mode: 'form_post' });
        const { location } = (await browser.finish()).json();
        const get = () => browser.request(String(location), { headers: html });
        const lost = await lose(browser, get);
        const [again, third] = [await get(), await get()];
        for (const each of [again, third]) {
          expect([each.status, each.text]).toEqual([200, lost.text]);
          expect(each.headers.get('content-security-policy')).toBe(lost.headers.get('content-security-policy'));
        }
        // Whoever got the cookies keeps them: newer ones may have come since.
        expect([again, third].map(({ headers }) => headers.getSetCookie().length > 0)).toEqual([true, false]);
      });

      it('is not repeated for another browser, or for a changed body', async () => {
        const { browser, code } = await approved({ client_id: 'coded' });
        const { location } = (await browser.finish(code)).json();
        expect((await browser.finish('000000')).json().code).toBe('ticket_already_decided');
        const stranger = createWaitingBrowser(app.issuer);
        await stranger.open();
        for (const [name, value] of browser.cookies)
          if (!name.startsWith('tessera_finish')) stranger.cookies.set(name, value);
        const stolen = await stranger.json('POST', `${browser.base}/finish`, { confirmation_code: code });
        expect(stolen.json().code).toBe('ticket_already_decided');
        const first = await lose(browser, () => browser.request(String(location), { headers: html }));
        expect(first.headers.get('location')).toContain(redirectUri);
        for (const other of [stranger, createWaitingBrowser(app.issuer)]) {
          expect((await other.request(String(location), { headers: html })).headers.get('location')).toContain(
            '?ended',
          );
          expect((await other.request(browser.base, { headers: html })).status).toBe(404);
        }
        expect((await browser.finish('000000')).json().code).toBe('interaction_not_found');
        expect((await browser.finish(code)).json().location).toBe(location);
      });

      it('a refused password is no answer to keep: the right one follows', async () => {
        const browser = await waiting();
        const send = (password: string) =>
          browser.request(`${browser.base}/password`, {
            method: 'POST',
            headers: { accept: 'application/json', origin: app.issuer },
            body: new URLSearchParams({ username: 'bob', password }),
          });
        expect((await send('wrong')).json().code).toBe('credentials_wrong');
        expect((await send('tessera-demo-bob')).status).toBe(200);
      });

      it('does not outlive the session that was ended since', async () => {
        const { browser } = await approved();
        const { location } = (await browser.finish()).json();
        await lose(browser, () => browser.request(String(location), { headers: html }));
        await app.approvals.endAll((await app.accounts.getByUsername('alice')).id, 'owner');
        const again = await browser.request(String(location), { headers: html });
        expect(again.headers.get('location')).toContain('?ended');
      });
    });

    describe('of a form', () => {
      const tokenIn = (text: string): string => /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? '';
      const devicesOf = async (username: string) =>
        (await app.devices.list((await app.accounts.getByUsername(username)).id)).length;
      const changesOf = async (fields: string) =>
        (await app.audit.query({ event: 'account.changed', limit: 500 })).records.filter(
          ({ facts }) => facts.fields === fields,
        ).length;
      /** A page with a form, in a browser that is a device of the account. */
      async function formOn(path: string, phone = alice) {
        const browser = createWaitingBrowser(app.issuer);
        const [cookie = '', value = ''] = phone.cookie.split('=');
        if (cookie) browser.cookies.set(`${cookie} /`, { value, path: '/' });
        const token = async () => tokenIn((await browser.request(path, { headers: html })).text);
        const send = (to: string, fields: Record<string, string>) =>
          browser.request(to, { method: 'POST', headers: html, body: new URLSearchParams(fields) });
        return { browser, token, send };
      }

      it('signs in one device for 50 repetitions, and gives its cookie to each', async () => {
        const { browser, token, send } = await formOn('/sign-in', { cookie: '' } as VirtualPhone);
        const fields = { username: 'bob', password: 'tessera-demo-bob', return_to: '/q', form_token: await token() };
        const before = await devicesOf('bob');
        const lost = await lose(browser, () => Promise.all(fifty.map(() => send('/sign-in', fields))));
        const again = await send('/sign-in', fields);
        const told = [...lost, again].map(({ status, headers }) => `${status} ${headers.get('location')}`);
        expect(new Set(told)).toEqual(new Set(['303 /q']));
        expect((await devicesOf('bob')) - before).toBe(1);
        expect((await browser.request('/q', { headers: html })).text).toContain('/sign-out');
      });

      it('changes the account once, and again from a page that was drawn anew', async () => {
        const path = '/account/profile/language';
        const { token, send } = await formOn('/account/profile');
        const before = await changesOf('locale');
        const filled = async (language: string) => ({
          language,
          form_token: await token(),
          device_proof: await alice.proof('POST', path),
        });
        const fields = await filled('en');
        const answers = await Promise.all(fifty.map(() => send(path, fields)));
        expect(new Set(answers.map(({ headers }) => headers.get('location')))).toEqual(
          new Set(['/account/profile?done=saved']),
        );
        expect((await changesOf('locale')) - before).toBe(1);
        await send(path, await filled('zh-CN'));
        expect((await changesOf('locale')) - before).toBe(2);
        // The same proof in a changed form is a replay.
        expect((await send(path, { ...fields, language: 'browser' })).status).toBe(401);
      });

      it('shows what is shown once to whoever missed it: a new client of the console, made once', async () => {
        await app.accounts.update((await app.accounts.getByUsername('bob')).id, { roles: ['administrator'] }, null);
        const desk = await openDesk(app, bob);
        const page = await desk.get('/invitations');
        const fields = { name: 'Guests', uses: '1', days: '1', form_token: tokenIn(page.text) };
        const lost = await desk.post('/invitations', fields);
        const again = await Promise.all(fifty.map(() => desk.post('/invitations', fields)));
        const linkIn = (text: string) => /\/link\/[\w-]{43}/.exec(text)?.[0];
        expect(linkIn(lost.text)).toBeTruthy();
        expect(new Set(again.map(({ text }) => linkIn(text)))).toEqual(new Set([linkIn(lost.text)]));
        expect((await app.links.invitations({ after: undefined, limit: 50 })).links).toHaveLength(1);
        await desk.post('/invitations', { ...fields, uses: '2' });
        expect((await app.links.invitations({ after: undefined, limit: 50 })).links).toHaveLength(2);
      });

      it('signs in to the console by an answer that got lost on the way back', async () => {
        const browser = createWaitingBrowser(app.issuer);
        const go = async (path: string) =>
          String((await browser.request(path, { headers: html })).headers.get('location'));
        const interaction = await go(await go('/admin/sign-in'));
        await browser.request(interaction, { headers: html });
        const { qr } = (await browser.json('GET', `${interaction}/ticket`)).json();
        const code = await bob.approve(await bob.scan({ qr: String(qr) }));
        const finished = await browser.json(
          'POST',
          `${interaction}/finish`,
          code === null ? {} : { confirmation_code: code },
        );
        const callback = await go(String(finished.json().location));
        expect(callback).toContain('/admin/callback');
        await lose(browser, () => Promise.all(fifty.slice(0, 10).map(() => go(callback))));
        expect(await go(callback)).toBe('/admin');
        expect(await go('/admin')).not.toContain('sign-in');
        const stranger = createWaitingBrowser(app.issuer);
        expect((await stranger.request(callback, { headers: html })).status).toBe(404);
      });

      it('makes a passkey once for 50 answers of the authenticator', async () => {
        const path = '/account/passkeys';
        const { body } = await bob.call('POST', path, {});
        const passkey = createVirtualAuthenticator({ origin: app.issuer }).create(
          body.options as Record<string, unknown>,
        );
        const made = await Promise.all(fifty.map(() => bob.call('POST', path, { passkey, name: 'Key' })));
        expect(new Set(made.map(({ status, body: each }) => `${status} ${each.id}`)).size).toBe(1);
        expect(made[0]?.status).toBe(201);
      });

      it('ends a sign-in, a device and a passkey once, and says so to each repetition of the same device', async () => {
        await signIn(app, alice);
        const [approval] = await alice.approvals();
        const { body } = await alice.call('POST', '/account/passkeys', {});
        const made = await alice.call('POST', '/account/passkeys', {
          name: 'Key',
          passkey: createVirtualAuthenticator({ origin: app.issuer }).create(body.options as Record<string, unknown>),
        });
        await app.phone('alice');
        const { devices } = (await alice.call('GET', '/phone/v1/devices')).body as {
          devices: { id: string; current: boolean }[];
        };
        const other = devices.find(({ current }) => !current)?.id;
        for (const path of [
          `/phone/v1/approvals/${approval?.id}`,
          `/phone/v1/devices/${other}`,
          `/account/passkeys/${made.body.id}`,
        ]) {
          const answers = await Promise.all(fifty.slice(0, 10).map(() => alice.call('DELETE', path)));
          expect([path, ...new Set(answers.map(({ status }) => status))]).toEqual([path, 204]);
          expect((await bob.call('DELETE', path)).status, path).toBeGreaterThanOrEqual(401);
        }
      });

      it('is not repeated in another browser, or with the token of another one', async () => {
        const first = await formOn('/sign-in', { cookie: '' } as VirtualPhone);
        const other = await formOn('/sign-in', { cookie: '' } as VirtualPhone);
        const fields = {
          username: 'bob',
          password: 'tessera-demo-bob',
          return_to: '/q',
          form_token: await first.token(),
        };
        await other.token();
        const before = await devicesOf('bob');
        await first.send('/sign-in', fields);
        await other.send('/sign-in', fields);
        expect((await devicesOf('bob')) - before).toBe(2);
      });
    });

    const silentParams = () =>
      new URLSearchParams({
        client_id: 'dev-public',
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid',
        prompt: 'none',
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      });

    it('leaves everything else as it is: a whole sign-in', async () => {
      expect((await signIn(app, alice)).status).toBe(200);
    });
  });
}
