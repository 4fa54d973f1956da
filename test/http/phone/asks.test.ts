// "Ask my phone", black box: who may ask, what rings, the number match, the limits of G4, and push services
// that mean no good (E5).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { type Manner, startPushService } from '../../support/push-service.ts';
import { approveFor, claimsOf } from '../../support/signed-in.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, type WaitingBrowser } from '../../support/waiting-browser.ts';

const limits = { ticket_creations_per_minute: 10_000, authorizations_per_minute: 10_000 };
let app: TestApp;
let push: Awaited<ReturnType<typeof startPushService>>;
beforeAll(async () => {
  push = await startPushService();
});
afterAll(() => push.stop());
beforeEach(async () => {
  app = await startApp({ limits, http: { outbound_private_networks: true } });
  push.received.length = 0;
  push.requests.length = 0;
});
afterEach(() => app.stop());

/** As a browser that comes back after its session has ended. */
const forceLogin = { prompt: 'login' };
const forgetSession = (browser: WaitingBrowser) => {
  for (const key of browser.cookies.keys()) if (key.startsWith('tessera_session')) browser.cookies.delete(key);
};

/** A browser that its owner has called their own. */
async function trusted(phone: VirtualPhone, trust = true): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  await approveFor(browser, phone, {}, { trust_browser: trust });
  forgetSession(browser);
  return browser;
}

const ask = (browser: WaitingBrowser) => browser.json('POST', `${browser.base}/ask`, {});
const offers = (text: string) => text.includes('id="ask-phone"');
const outcomes = async () =>
  (await app.audit.query({ event: 'ticket.asked', limit: 100 })).records.map(({ facts }) => facts.outcome).reverse();

/** Opens a sign-in and asks. @returns what the browser was told */
async function askAnew(browser: WaitingBrowser): Promise<Record<string, unknown>> {
  await browser.open();
  const answer = await ask(browser);
  expect(answer.status).toBe(202);
  return answer.json();
}

async function claimAsked(phone: VirtualPhone) {
  const [waiting] = await phone.asks();
  return phone.scan({ ask: waiting?.id ?? 'none' });
}

async function deny(phone: VirtualPhone): Promise<void> {
  await phone.deny(await claimAsked(phone));
}

describe('a second sign-in without a camera', () => {
  it('is approved on the phone that was asked, by the number that the browser shows', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    const page = await browser.open();
    expect(offers(page.text)).toBe(true);
    expect(page.text).not.toMatch(/alice/i);
    const answer = await ask(browser);
    const { number, state } = answer.json();
    expect([answer.status, state, number]).toEqual([202, 'pending', expect.stringMatching(/^\d\d$/)]);
    expect((await browser.request(browser.base, { headers: { accept: 'text/html' } })).text).toContain(
      `id="ask-number">${number}<`,
    );

    const [waiting] = await phone.asks();
    expect(waiting).toMatchObject({
      client: { name: expect.any(String), redirect_host: '127.0.0.1:8765' },
      browser: { name: 'Chrome', system: 'Linux' },
    });
    const claim = await phone.scan({ ask: waiting?.id ?? '' });
    expect(claim.requires).toEqual(['number']);
    expect(claim.numbers).toHaveLength(3);
    expect(claim.numbers).toContain(number);
    expect(await phone.asks()).toEqual([]);
    expect((await browser.ticket()).json()).toMatchObject({ state: 'scanned', number });

    await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'number_required' });
    expect(await phone.approve(claim, { number: String(number) })).toBeNull();
    const callback = await browser.follow(String((await browser.finish()).json().location));
    const tokens = (await (await browser.redeem(callback.searchParams.get('code') ?? '')).json()) as {
      id_token: string;
    };
    // Worth what a tap after a scan is.
    expect(claimsOf(tokens.id_token)).toMatchObject({ acr: 'urn:tessera:qr', amr: ['mca', 'swk'] });
  });

  it('tells the stream of the waiting browser the number', async () => {
    const browser = await trusted(await app.phone());
    await browser.open();
    const own = [...browser.cookies].filter(([, { path }]) => browser.base.startsWith(path));
    const cookie = own.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
    const stream = await fetch(`${app.issuer}${browser.base}/events`, { headers: { cookie } });
    const { number } = (await ask(browser)).json();
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"number"')) break;
    }
    expect(text).toContain(`"number":"${number}"`);
  });

  it('G4 is denied by a wrong number, recorded, and allows no second guess', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    const { number } = await askAnew(browser);
    const claim = await claimAsked(phone);
    const wrong = claim.numbers?.find((each) => each !== number) ?? '';
    await expect(phone.approve(claim, { number: wrong })).rejects.toMatchObject({ code: 'number_wrong' });
    await expect(phone.approve(claim, { number: String(number) })).rejects.toMatchObject({
      code: 'ticket_already_decided',
    });
    expect((await browser.ticket()).json()).toMatchObject({ state: 'denied' });
    const { records } = await app.audit.query({ event: 'ticket.denied', limit: 1 });
    expect(records[0]?.facts).toEqual({ reason: 'number_wrong' });
  });

  it('G4 lets one of 50 parallel guesses count, and tells only its repetitions that it was wrong', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    const { number } = await askAnew(browser);
    const claim = await claimAsked(phone);
    const wrong = claim.numbers?.filter((each) => each !== number) ?? [];
    const told = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        phone.approve(claim, { number: wrong[i % 2] ?? '' }).then(
          () => ['approved', i % 2],
          ({ code }) => [String(code), i % 2],
        ),
      ),
    );
    expect(new Set(told.filter(([code]) => code === 'number_wrong').map(([, which]) => which)).size).toBe(1);
    expect(new Set(told.map(([code]) => code))).toEqual(new Set(['number_wrong', 'ticket_already_decided']));
    const { records } = await app.audit.query({ event: 'ticket.denied', limit: 1 });
    expect(records[0]?.facts).toEqual({ reason: 'number_wrong' });
    const { records: all } = await app.audit.query({ event: 'ticket.denied', limit: 100 });
    expect(all.filter(({ ticketId }) => ticketId === records[0]?.ticketId)).toHaveLength(1);
  });

  it('still asks for the confirmation code where the client always does', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    const { id } = (
      await app.clients.create({
        redirect_uris: ['http://127.0.0.1:8765/callback'],
        scope: 'openid',
        token_endpoint_auth_method: 'none',
        qr_confirmation: 'always',
      })
    ).client;
    await browser.open({ client_id: id, scope: 'openid' });
    const { number } = (await ask(browser)).json();
    const claim = await claimAsked(phone);
    expect(claim.requires).toEqual(['number', 'confirmation_code']);
    expect(await phone.approve(claim, { number: String(number) })).toMatch(/^\d{6}$/);
  });

  it('does not change the QR code: a scan needs no number', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    await askAnew(browser);
    const claim = await phone.scan({ qr: await browser.qr() });
    expect([claim.requires, claim.numbers]).toEqual([[], null]);
    expect((await browser.ticket()).json()).not.toHaveProperty('number');
    expect(await phone.approve(claim)).toBeNull();
  });
});

describe('who may ask', () => {
  it('G4 a browser without the secret of a trusted one cannot ask', async () => {
    const phone = await app.phone();
    await trusted(phone);
    const known = await trusted(phone, false);
    const stranger = createWaitingBrowser(app.issuer);
    const answers = [];
    for (const browser of [stranger, known]) {
      expect(offers((await browser.open(forceLogin)).text)).toBe(false);
      answers.push(await ask(browser));
    }
    answers.push(await stranger.json('POST', '/interaction/nobody/ask', {}));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await phone.asks()).toEqual([]);
    expect(await outcomes()).toEqual([]);
  });

  it('G4 the secret alone, without the interaction cookie, is not enough', async () => {
    const browser = await trusted(await app.phone());
    await browser.open();
    const secret = [...browser.cookies].find(([key]) => key.startsWith('tessera_browser '))?.[1].value;
    const path = `${browser.base}/ask`;
    const answer = await fetch(`${app.issuer}${path}`, {
      method: 'POST',
      headers: { cookie: `tessera_browser=${secret}` },
    });
    expect(answer.status).toBe(404);
  });

  it.each([
    ['takes only what its scanner reads', { qr_scanner: 'in_app' }, 404],
    ['signs in without QR codes', { qr_sign_in: 'off' }, 403],
  ])('is not offered at a client that %s', async (_about, policy, status) => {
    const browser = await trusted(await app.phone());
    const { id } = (
      await app.clients.create({
        redirect_uris: ['http://127.0.0.1:8765/callback'],
        scope: 'openid',
        token_endpoint_auth_method: 'none',
        ...policy,
      })
    ).client;
    const page = await browser.open({ client_id: id, scope: 'openid' });
    expect([offers(page.text), (await ask(browser)).status]).toEqual([false, status]);
  });

  it('nobody may ask after a report, or for a disabled account', async () => {
    const phone = await app.phone();
    const [reported, browser] = [await trusted(phone), await trusted(phone)];
    await askAnew(reported);
    await phone.deny(await claimAsked(phone), true);
    expect(offers((await reported.open()).text)).toBe(false);
    expect(offers((await browser.open()).text)).toBe(true);
    const account = await app.accounts.findByUsername('alice');
    await app.accounts.update(account?.id ?? '', {}, null, true);
    expect(offers((await browser.open()).text)).toBe(false);
  });

  it('another account can neither see nor claim the request', async () => {
    const [alice, bob] = [await app.phone(), await app.phone('bob')];
    await askAnew(await trusted(alice));
    const [waiting] = await alice.asks();
    expect(await bob.asks()).toEqual([]);
    await expect(bob.scan({ ask: waiting?.id ?? '' })).rejects.toMatchObject({ code: 'ticket_not_found' });
  });
});

describe('how often a phone may ring', () => {
  it('G4 at most one request is open after 50 browsers ask, and every browser gets the same answer', async () => {
    const phone = await app.phone();
    const first = await trusted(phone);
    const browsers = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = createWaitingBrowser(app.issuer);
        for (const [key, cookie] of first.cookies) browser.cookies.set(key, cookie);
        await browser.open();
        return browser;
      }),
    );
    const answers = await Promise.all(browsers.map(ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ json }) => Object.keys(json()).sort().join()))).toHaveProperty('size', 1);
    expect((await outcomes()).filter((outcome) => outcome === 'rung')).toHaveLength(1);
    expect(await phone.asks()).toHaveLength(1);
  });

  it('G4 50 parallel tries of one page make one request with one number', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    await browser.open();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(browser)));
    expect(new Set(answers.map(({ json }) => json().number)).size).toBe(1);
    expect(await outcomes()).toEqual(['rung']);
  });

  it('G4 a new request is possible after the last one ended in any way', async () => {
    const phone = await app.phone();
    const [browser, other] = [await trusted(phone), await trusted(phone)];
    await askAnew(browser);
    await askAnew(other);
    await browser.cancel();
    await askAnew(other);
    app.time.shiftSeconds += 121;
    expect(await phone.asks()).toEqual([]);
    await askAnew(browser);
    expect(await outcomes()).toEqual(['rung', 'open', 'rung', 'rung']);
  });

  it('G4 at most five times an hour', async () => {
    const browser = await trusted(await app.phone());
    for (let i = 0; i < 6; i++) {
      await askAnew(browser);
      await browser.cancel();
    }
    expect(await outcomes()).toEqual(['rung', 'rung', 'rung', 'rung', 'rung', 'limited']);
  });

  it('G4 two denials in a row block that browser for an hour, without telling it', async () => {
    const phone = await app.phone();
    await phone.call('POST', '/phone/v1/push', push.subscription('alice'));
    const [browser, other] = [await trusted(phone), await trusted(phone)];
    const told = await askAnew(browser);
    await deny(phone);
    await askAnew(browser);
    await deny(phone);
    const muted = await askAnew(browser);
    expect(Object.keys(muted).sort()).toEqual(Object.keys(told).sort());
    expect(await phone.asks()).toEqual([]);
    await askAnew(other);
    expect(await outcomes()).toEqual(['rung', 'rung', 'muted', 'rung']);
    await vi.waitFor(() => expect(push.received).toHaveLength(3));
  });

  it('G4 an approval between two denials resets the count', async () => {
    const phone = await app.phone();
    const browser = await trusted(phone);
    await askAnew(browser);
    await deny(phone);
    const { number } = await askAnew(browser);
    await phone.approve(await claimAsked(phone), { number: String(number) });
    await askAnew(browser);
    await deny(phone);
    await askAnew(browser);
    expect(await outcomes()).toEqual(['rung', 'rung', 'rung', 'rung']);
  });
});

describe('Web Push', () => {
  const subscribe = (phone: VirtualPhone, name: string, manner: Manner = 'ok') =>
    phone.call('POST', '/phone/v1/push', push.subscription(name, manner));

  it('rings every subscribed phone of the account, in its language, with our public key', async () => {
    const phones = [await app.phone(), await app.phone(), await app.phone()];
    for (const [i, phone] of phones.slice(0, 2).entries()) expect((await subscribe(phone, `p${i}`)).status).toBe(204);
    await subscribe(await app.phone('bob'), 'bob');
    await askAnew(await trusted(phones[2] as VirtualPhone));
    // That the browser was new to the account rang them as well.
    const rung = () => push.received.filter(({ notice: { url } }) => String(url).includes('/q/ask/'));
    await vi.waitFor(() => expect(rung()).toHaveLength(2));
    expect(push.problems).toEqual([]);
    expect(
      rung()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/ok/p0', '/ok/p1']);
    const [waiting] = await (phones[0] as VirtualPhone).asks();
    const { notice, headers, sender } = rung()[0] ?? {};
    const client = waiting?.client as { name: string } | undefined;
    expect(notice).toEqual({
      title: expect.stringContaining(client?.name ?? 'none'),
      body: expect.stringMatching(/Chrome.*Linux|Linux.*Chrome/),
      url: `${app.issuer}/q/ask/${waiting?.id}`,
    });
    expect(headers).toMatchObject({ ttl: '120', urgency: 'high', 'content-encoding': 'aes128gcm' });
    expect(sender?.sub).toBe(app.issuer);
    // The page that subscribes has the same key.
    const home = await phones[0]?.call('GET', '/q');
    expect(home?.status).toBe(200);
    const page = await fetch(`${app.issuer}/q`, { headers: { cookie: phones[0]?.cookie ?? '' } });
    expect(await page.text()).toContain(`data-push-key="${sender?.key}" data-rung="true"`);
  });

  it('uses one sealed key pair on all nodes and after restarts', async () => {
    const again = await app.openAgain();
    try {
      const keys = await Promise.all([app.pushes.publicKey(), again.pushes.publicKey()]);
      expect(keys[0]).toBe(keys[1]);
      expect(await app.store.pushKeys.find()).not.toContain('"d"');
    } finally {
      await again.close();
    }
  });

  it('does not ring a phone that signed out or unsubscribed', async () => {
    const [kept, silent, gone] = [await app.phone(), await app.phone(), await app.phone()];
    for (const [i, phone] of [kept, silent, gone].entries()) await subscribe(phone, `p${i}`);
    expect((await silent.call('DELETE', '/phone/v1/push')).status).toBe(204);
    const { devices } = (await gone.call('GET', '/phone/v1/devices')).body as {
      devices: { id: string; current: boolean }[];
    };
    await gone.call('DELETE', `/phone/v1/devices/${devices.find(({ current }) => current)?.id}`);
    await askAnew(await trusted(kept));
    await vi.waitFor(() => expect(push.received).toHaveLength(1));
    await app.pushes.stop();
    expect(push.requests).toEqual(['/ok/p0']);
  });

  it('removes a subscription that its push service no longer knows', async () => {
    const phone = await app.phone();
    await subscribe(phone, 'gone', 'gone');
    const account = (await app.accounts.findByUsername('alice'))?.id ?? '';
    const notice = { title: 'a', body: 'b', url: app.issuer };
    await app.pushes.notify(account, notice);
    await app.pushes.notify(account, notice);
    expect(push.requests).toEqual(['/gone/gone']);
  });

  it('does not ring the device that learns of it in another way', async () => {
    const phone = await app.phone();
    await subscribe(phone, 'here');
    const [device] = (await phone.call('GET', '/phone/v1/devices')).body.devices as { id: string }[];
    const account = (await app.accounts.findByUsername('alice'))?.id ?? '';
    await app.pushes.notify(account, { title: 'a', body: 'b', url: app.issuer }, device?.id);
    expect(push.requests).toEqual([]);
  });

  it('E5 does not wait for a push service that hangs, follow a redirect, or read an endless answer', async () => {
    const phone = await app.phone();
    const manners: Manner[] = ['hang', 'redirect', 'flood'];
    for (const manner of manners) await subscribe(await app.phone(), manner, manner);
    const browser = await trusted(phone);
    await browser.open();
    const before = performance.now();
    expect((await ask(browser)).status).toBe(202);
    expect(performance.now() - before).toBeLessThan(1000);
    // Each has been asked, the one that hangs has been given up, and nobody was led on.
    await vi.waitFor(() => expect(app.logText()).toContain('no answer in time'), 8000);
    expect([...new Set(push.requests)].sort()).toEqual(['/flood/flood', '/hang/hang', '/redirect/redirect']);
    expect(app.logText()).not.toMatch(/hang\/hang|redirect\/redirect/);
  });

  it('E5 connects to no private address unless the configuration allows it', async () => {
    await app.stop();
    app = await startApp({ limits, http: { outbound_private_networks: false } });
    const phone = await app.phone();
    expect((await subscribe(phone, 'plain')).body.code).toBe('push_endpoint_invalid');
    const inside = { ...push.subscription('x'), endpoint: push.url.replace('http:', 'https:') };
    expect((await phone.call('POST', '/phone/v1/push', inside)).status).toBe(204);
    await askAnew(await trusted(phone));
    await vi.waitFor(() => expect(app.logText()).toContain('ERR_ADDRESS_INSIDE'));
    expect(push.requests).toEqual([]);
  });

  it('accepts a subscription only from the device itself, with valid keys', async () => {
    const phone = await app.phone();
    const answers = [
      await phone.call('POST', '/phone/v1/push', push.subscription('x'), { DPoP: '' }),
      await phone.call('POST', '/phone/v1/push', {
        endpoint: push.url,
        keys: { ...push.keys, p256dh: 'B'.repeat(87) },
      }),
      await phone.call('POST', '/phone/v1/push', { endpoint: 'https://push.example/x', keys: {} }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [401, 'device_proof_required'],
      [422, 'push_endpoint_invalid'],
      [400, 'body_invalid'],
    ]);
  });

  it('H1 stores no endpoint and no number in clear text', async () => {
    const phone = await app.phone();
    await subscribe(phone, 'secret-endpoint');
    const { number } = await askAnew(await trusted(phone));
    const [device] = await app.store.devices.listByAccount((await app.accounts.findByUsername('alice'))?.id ?? '');
    expect(JSON.stringify(device)).toContain('sealedPush');
    expect(JSON.stringify(device)).not.toContain('secret-endpoint');
    const [waiting] = await phone.asks();
    const ask = await app.store.asks.find((await app.accounts.findByUsername('alice'))?.id ?? '');
    expect(ask?.id).toBe(waiting?.id);
    const ticket = ask && (await app.store.tickets.find(ask.ticketId));
    expect(ticket?.asked).toMatchObject({ numberHash: expect.stringMatching(/^.{43}$/) });
    expect(ticket?.asked?.sealedNumber).not.toBe(number);
  });
});

describe('where a notification leads', () => {
  it('opening the link changes nothing, and a signed-out phone has to sign in first', async () => {
    const phone = await app.phone();
    await askAnew(await trusted(phone));
    const [waiting] = await phone.asks();
    const path = `/q/ask/${waiting?.id}`;
    const signedOut = await (await fetch(`${app.issuer}${path}`)).text();
    expect(signedOut).toContain(`value="${path}"`);
    const opened = await fetch(`${app.issuer}${path}`, { headers: { cookie: phone.cookie } });
    expect(await opened.text()).toContain(`data-ask="${waiting?.id}"`);
    expect(await phone.asks()).toHaveLength(1);
  });
});
