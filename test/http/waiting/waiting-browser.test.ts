// The waiting browser's routes, black box (security.md B): whose interaction it is, what it learns, how it
// ends.
import { get, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser, onwardOf, type WaitingBrowser } from '../../support/waiting-browser.ts';

let app: TestApp;
let alice: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

async function open(change: Record<string, string | undefined> = {}): Promise<WaitingBrowser> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open(change);
  return browser;
}

const cookieOf = (browser: WaitingBrowser) =>
  [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');

/** Reads a stream until `isEnough` or its end. */
function listen(browser: WaitingBrowser, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(app.issuer);
  const received = { status: 0, headers: {} as IncomingHttpHeaders, text: '', isOver: false };
  const request = get(
    { hostname, port, path: `${browser.base}/events`, headers: { cookie: cookieOf(browser), ...headers } },
    (response) => {
      received.status = response.statusCode ?? 0;
      received.headers = response.headers;
      response.setEncoding('utf8').on('data', (chunk) => {
        received.text += chunk;
      });
      response.on('close', () => {
        received.isOver = true;
      });
    },
  );
  request.on('error', () => {
    received.isOver = true;
  });
  return { received, stop: () => request.destroy() };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

const everyRoute: [string, string][] = [
  ['GET', ''],
  ['GET', '/events'],
  ['GET', '/session'],
  ['GET', '/ticket'],
  ['POST', '/ticket'],
  ['POST', '/finish'],
  ['POST', '/cancel'],
  ['POST', '/password'],
  ['POST', '/continue'],
  ['POST', '/consent'],
];

describe('a ticket', () => {
  it('B1 has a unique handle: 1,000 tickets have 1,000 handles, and none contains the uid or the client', async () => {
    const handles = new Set<string>();
    const codes = new Set<string>();
    const many = await startApp({ limits: { ticket_creations_per_minute: 5000, authorizations_per_minute: 5000 } });
    const make = async () => {
      for (let i = 0; i < 20; i++) {
        const browser = createWaitingBrowser(many.issuer);
        await browser.open();
        for (let j = 0; j < 5; j++) {
          const { qr, user_code } = (await browser.json('POST', `${browser.base}/ticket`, {})).json();
          const [, handle = ''] = /^http:\/\/localhost:\d+\/q\/([\w-]{22})\.\d+\.[\w-]{11}$/.exec(String(qr)) ?? [];
          expect(String(qr)).not.toContain(browser.uid);
          expect(String(qr)).not.toContain('dev-public');
          handles.add(handle);
          codes.add(String(user_code));
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, make));
    await many.stop();
    expect(handles.size).toBe(1000);
    expect(codes.size).toBe(1000);
  });

  it('B1 never has a handle that the browser chose', async () => {
    const browser = await open();
    const chosen = 'A'.repeat(22);
    for (const path of [`/ticket?handle=${chosen}`, `/ticket?qr=${chosen}&user_code=BBBB-BBBB`]) {
      const made = await browser.json('POST', browser.base + path, { handle: chosen, user_code: 'BBBB-BBBB' });
      expect(made.status).toBe(201);
      expect(made.text).not.toContain(chosen);
      expect(made.text).not.toContain('BBBB-BBBB');
    }
  });

  it('cancels the ticket before it, whose code no longer works', async () => {
    const browser = await open();
    const old = await browser.qr();
    await browser.json('POST', `${browser.base}/ticket`, {});
    await expect(alice.scan({ qr: old })).rejects.toMatchObject({ code: 'ticket_already_decided' });
    await alice.approve(await alice.scan({ qr: await browser.qr() }));
  });
});

describe('the interaction cookie', () => {
  it('B2 is required by every route: a missing, forged or foreign cookie gets 404 and changes nothing', async () => {
    const [mine, other] = [await open(), await open()];
    const claim = await alice.scan({ qr: await mine.qr() });
    await alice.approve(claim);
    const interaction = [...mine.cookies].find(([key]) => key.startsWith('tessera_interaction '))?.[1].value ?? '';
    const forged = [
      '',
      `interaction=${interaction}`,
      `interaction=${interaction}; interaction.sig=${'A'.repeat(27)}`,
      `interaction=${mine.uid}`,
      cookieOf(other),
    ];
    for (const cookie of forged) {
      for (const [method, path] of everyRoute) {
        const response = await fetch(`${app.issuer}${mine.base}${path}`, {
          method,
          redirect: 'manual',
          headers: { cookie, accept: 'application/json' },
        });
        expect(response.status, `${method} ${path} with "${cookie.slice(0, 60)}"`).toBe(404);
      }
    }
    expect((await mine.ticket()).json().state).toBe('approved');
    expect((await mine.finish()).status).toBe(200);
  });

  it('B2 does not open the interaction of another uid', async () => {
    const [mine, other] = [await open(), await open()];
    const answer = await fetch(`${app.issuer}${mine.base}/ticket`, { headers: { cookie: cookieOf(other) } });
    expect(answer.status).toBe(404);
    const unknown = await fetch(`${app.issuer}/interaction/${'x'.repeat(43)}/ticket`);
    expect(await unknown.json()).toEqual(await answer.json());
  });

  it('F7 is path-scoped, signed, HttpOnly and SameSite; altered it counts as absent', async () => {
    const browser = createWaitingBrowser(app.issuer);
    const started = await browser.request(
      `/auth?client_id=dev-public&redirect_uri=http://127.0.0.1:8765/callback&response_type=code&scope=openid&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256`,
    );
    const lines = started.headers.getSetCookie();
    const uid = /\/interaction\/([\w-]+)/.exec(started.headers.get('location') ?? '')?.[1] ?? '';
    for (const name of ['tessera_interaction=', 'tessera_interaction.sig=']) {
      const line = lines.find((each) => each.startsWith(name) && each.includes(`/interaction/${uid}`)) ?? '';
      expect(line).toMatch(/; httponly/i);
      expect(line).toMatch(/; samesite=lax/i);
    }
    const cookie = lines.map((line) => line.split(';')[0] ?? '').join('; ');
    const at = (value: string) => fetch(`${app.issuer}/interaction/${uid}`, { headers: { cookie: value } });
    expect((await at(cookie)).status).toBe(200);
    expect((await at(cookie.replace(/interaction\.sig=./, 'interaction.sig=!'))).status).toBe(404);
    expect((await at(cookie.replace(/interaction\.sig=[^;]+;?/g, ''))).status).toBe(404);
  });
});

describe('what the browser learns', () => {
  it('B3 is the state and the time, never the person: by stream and by polling, before and after the approval', async () => {
    const browser = await open();
    const stream = listen(browser);
    await until(() => stream.received.text.includes('"state":"pending"'));
    const claim = await alice.scan({ qr: await browser.qr() });
    await until(() => stream.received.text.includes('"state":"scanned"'));
    const scanned = await browser.ticket();
    await alice.approve(claim);
    await until(() => stream.received.text.includes('"state":"approved"'));
    const approved = await browser.ticket();
    stream.stop();
    for (const [state, answer] of Object.entries({ scanned, approved })) {
      expect(answer.json()).toEqual({
        state,
        needs: null,
        expires_at: expect.any(Number),
        renews: expect.any(Boolean),
      });
    }
    const learned = stream.received.text + scanned.text + approved.text;
    for (const personal of ['alice', 'Alice', 'Liddell', '@', claim.approvalToken, '127.0.0.1', 'token', 'code=']) {
      expect(learned).not.toContain(personal);
    }
    for (const [, event, data = ''] of stream.received.text.matchAll(/event: (\w+)\ndata: (.*)\n/g)) {
      const names = Object.keys(JSON.parse(data));
      const known: Record<string, string[]> = {
        frame: ['qr', 'user_code', 'expires_at'],
        state: ['state', 'needs', 'expires_at'],
        beat: [],
      };
      expect(names).toEqual(known[event ?? '']);
    }
  });

  it('B3 includes that a confirmation code is needed, but never the code', async () => {
    const browser = await open({ client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' });
    const code = await alice.approve(await alice.scan({ qr: await browser.qr() }));
    const answer = await browser.ticket();
    expect(answer.json()).toMatchObject({ state: 'approved', needs: 'confirmation_code' });
    expect(code).toMatch(/^\d{6}$/);
    expect(answer.text).not.toContain(String(code));
  });

  it('B14 includes a new frame every five seconds without asking', async () => {
    const browser = await open();
    const first = await browser.qr();
    app.time.shiftSeconds = 6;
    try {
      const second = await browser.qr();
      expect(second).not.toBe(first);
      expect(second.split('.')[0]).toBe(first.split('.')[0]);
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('says of an expired ticket whether it was approved, so that the page can say that the approval lapsed', async () => {
    const [approved, unscanned] = [await open(), await open()];
    await alice.approve(await alice.scan({ qr: await approved.qr() }));
    app.time.shiftSeconds = 121;
    try {
      expect((await approved.ticket()).json()).toMatchObject({ state: 'expired', lapsed: true });
      expect((await unscanned.ticket()).json()).toMatchObject({ state: 'expired' });
      expect((await unscanned.ticket()).json()).not.toHaveProperty('lapsed');
    } finally {
      app.time.shiftSeconds = 0;
    }
  });

  it('is delayed in a long poll until the state differs from the one that the browser has seen', async () => {
    const browser = await open();
    const held = browser.json('GET', `${browser.base}/ticket?wait=25&seen=pending`);
    const claim = await alice.scan({ qr: await browser.qr() });
    expect((await held).json().state).toBe('scanned');
    const next = browser.json('GET', `${browser.base}/ticket?wait=25&seen=scanned`);
    await alice.deny(claim);
    expect((await next).json().state).toBe('denied');
  });
});

describe('the stream', () => {
  it.each([{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }])(
    'B18 is refused to another site: %j',
    async (headers) => {
      const browser = await open();
      const stream = listen(browser, headers as Record<string, string>);
      await until(() => stream.received.isOver);
      expect(stream.received.status).toBe(403);
      expect(stream.received.text).toContain('cross_site_request');
    },
  );

  it('B18 sends the present state after a reconnect, and polling answers the same', async () => {
    const browser = await open();
    const before = listen(browser);
    await until(() => before.received.text.includes('event: frame'));
    before.stop();
    await alice.scan({ qr: await browser.qr() });
    const after = listen(browser);
    await until(() => after.received.text.includes('event: state'));
    after.stop();
    const [, data = ''] = /event: state\ndata: (.*)\n/.exec(after.received.text) ?? [];
    const { renews: _renews, ...polled } = (await browser.ticket()).json();
    expect(JSON.parse(data)).toEqual(polled);
    expect(after.received.text).toMatch(/^:.*\nretry: 2000\n/);
  });

  it('tells proxies to pass every event on at once and unchanged', async () => {
    const stream = listen(await open());
    await until(() => stream.received.text.includes('event: state'));
    stream.stop();
    expect(stream.received.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    expect(stream.received.text.indexOf('event: ')).toBeGreaterThan(8 * 1024);
  });

  it('G6 is open at most four times per browser: of 50 streams four stay', async () => {
    const browser = await open();
    const streams: ReturnType<typeof listen>[] = [];
    for (let i = 0; i < 50; i++) {
      const stream = listen(browser);
      await until(() => stream.received.text.includes('event: state'));
      streams.push(stream);
    }
    await until(() => streams.filter(({ received }) => received.isOver).length >= 46);
    expect(streams.slice(-4).every(({ received }) => !received.isOver)).toBe(true);
    for (const stream of streams) stream.stop();
  });
});

describe('the ending', () => {
  it('B4 happens once: a second finish leads to the same place, and the first code stays the only one', async () => {
    const browser = await open();
    await alice.approve(await alice.scan({ qr: await browser.qr() }));
    const first = await browser.finish();
    expect(first.status).toBe(200);
    const second = await browser.finish();
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect((await browser.finish('123456')).json().code).toBe('ticket_already_decided');
    const callback = await browser.follow(String(first.json().location));
    expect(callback.searchParams.get('code')).toBeTruthy();
    expect((await browser.finish('123456')).status).toBe(404);
    expect((await browser.follow(String(first.json().location))).href).toBe(callback.href);
  });

  it('B12 comes with the fifth wrong confirmation code', async () => {
    const browser = await open({ client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' });
    const code = await alice.approve(await alice.scan({ qr: await browser.qr() }));
    const wrong = code === '000000' ? '000001' : '000000';
    const missing = await browser.finish();
    expect([missing.status, missing.json().code]).toEqual([422, 'confirmation_code_wrong']);
    for (const triesLeft of [4, 3, 2, 1, 0]) {
      const answer = await browser.finish(wrong);
      expect([answer.status, answer.json().tries_left]).toEqual([422, triesLeft]);
    }
    const late = await browser.finish(String(code));
    expect(late.status).toBe(409);
    expect((await browser.ticket()).json().state).toBe('cancelled');
  });

  it('B12 accepts only the confirmation code of its own ticket', async () => {
    const change = { client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' };
    const [one, other] = [await open(change), await open(change)];
    const codeOfOne = await alice.approve(await alice.scan({ qr: await one.qr() }));
    const codeOfOther = await alice.approve(await alice.scan({ qr: await other.qr() }));
    if (codeOfOne !== codeOfOther) expect((await other.finish(String(codeOfOne))).status).toBe(422);
    expect((await other.finish(` ${String(codeOfOther).replace(/^.../, '$& ')} `)).status).toBe(200);
  });

  it('B19 is access_denied with state and iss after denial and cancel, by script and by plain form', async () => {
    for (const accept of ['application/json', 'text/html']) {
      const denied = await open();
      await alice.deny(await alice.scan({ qr: await denied.qr() }));
      const cancelled = await open();
      for (const [browser, path] of [
        [denied, accept === 'text/html' ? 'finish' : 'cancel'],
        [cancelled, 'cancel'],
      ] as const) {
        const answer = await browser.request(`${browser.base}/${path}`, { method: 'POST', headers: { accept } });
        expect(answer.status).toBe(200);
        const location = accept === 'text/html' ? onwardOf(answer) : answer.json().location;
        const callback = await browser.follow(String(location));
        expect(Object.fromEntries(callback.searchParams)).toMatchObject({
          error: 'access_denied',
          state: 'state-1',
          iss: app.issuer,
        });
      }
    }
  });

  it('B19 reaches the phone too: it cannot decide about a cancelled ticket', async () => {
    const browser = await open();
    const claim = await alice.scan({ qr: await browser.qr() });
    await browser.cancel();
    expect(await alice.state(claim.ticket)).toBe('cancelled');
    await expect(alice.approve(claim)).rejects.toMatchObject({ code: 'ticket_already_decided' });
  });

  it('B9 cannot be caused by another site: finish, cancel and password refuse it', async () => {
    const browser = await open();
    await alice.approve(await alice.scan({ qr: await browser.qr() }));
    for (const path of ['ticket', 'finish', 'cancel', 'password', 'continue', 'consent']) {
      for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
        const answer = await browser.request(`${browser.base}/${path}`, { method: 'POST', headers: headers as never });
        expect(answer.status, path).toBe(403);
      }
    }
    expect((await browser.ticket()).json().state).toBe('approved');
  });

  it('B20 no ticket is issued when QR sign-in is off for the client', async () => {
    const off = await startApp({
      clients: app.config.clients.map((client) => ({ ...client, qr_sign_in: 'off' })),
    });
    try {
      const browser = createWaitingBrowser(off.issuer);
      const page = await browser.open();
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('<img src="data:image/svg');
      const made = await browser.json('POST', `${browser.base}/ticket`, {});
      expect([made.status, made.json().code]).toEqual([403, 'qr_sign_in_off']);
    } finally {
      await off.stop();
    }
  });
});
