// The whole sign-in in one browser, which is the waiting browser and the phone, in windows that share
// nothing. The provider has https and stands behind a network that can fail, as in production.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type Engine, type EngineWindow, narrow, type WindowOptions, wide } from '../support/engines/engine.ts';
import { always, type Fault, type FaultyNetwork, startFaultyNetwork } from '../support/faulty-network.ts';
import { freePort } from '../support/free-port.ts';
import { type RedirectChain, startRedirectChain } from '../support/redirect-chain.ts';
import { startTlsFront } from '../support/tls-front.ts';
import { authorizationParams } from '../support/waiting-browser.ts';
import { engines, fillPassword, scan } from './engines.ts';

export function describeFlow(name: Engine['name']): void {
  let engine: Engine;
  let chain: RedirectChain;
  let app: TestApp;
  let network: FaultyNetwork;
  let front: Awaited<ReturnType<typeof startTlsFront>>;
  let opened: EngineWindow[] = [];

  beforeAll(async () => {
    const [outside, inside] = [await freePort(), await freePort()];
    chain = await startRedirectChain();
    network = await startFaultyNetwork({ target: inside });
    front = await startTlsFront(outside, network.port);
    const client = {
      client_id: 'chain',
      client_name: 'Chain',
      token_endpoint_auth_method: 'none',
      redirect_uris: [chain.redirectUri],
      scope: 'openid profile email',
    };
    const http = { port: inside, trusted_proxies: ['127.0.0.1'] };
    app = await startApp({ issuer: `https://localhost:${outside}`, http, clients: [client] });
    engine = await engines[name]();
  });
  afterAll(async () => {
    await engine?.close();
    await front?.close();
    await network?.close();
    await app?.stop();
    await chain?.close();
  });
  afterEach(async () => {
    network.setRule(null);
    for (const window of opened) {
      expect(await window.violations(), 'nothing breaks the content security policy').toEqual([]);
      await window.close();
    }
    opened = [];
  });

  async function open(options: WindowOptions): Promise<EngineWindow> {
    const window = await engine.open(options);
    opened.push(window);
    return window;
  }

  let verifier = '';
  async function openWaiting(): Promise<EngineWindow> {
    const window = await open(wide);
    const asked = authorizationParams({ client_id: 'chain', redirect_uri: chain.redirectUri });
    verifier = asked.verifier;
    await window.goto(`${app.config.issuer}/auth?${asked.params}`);
    return window;
  }

  /** What an app does with the code of the window that was opened last. */
  async function redeem(code: string | null): Promise<void> {
    const grant = { grant_type: 'authorization_code', code: code ?? '', code_verifier: verifier };
    const body = new URLSearchParams({ ...grant, client_id: 'chain', redirect_uri: chain.redirectUri });
    // As the front forwards it: `fetch` cannot name another host.
    const headers = {
      host: new URL(app.config.issuer).host,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const sent = request(`${network.origin}/token`, { method: 'POST', headers }).end(String(body));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
  }

  /** A phone that nobody signed in to opens the link of a code. */
  async function openPhone(link: string, options: WindowOptions = narrow): Promise<EngineWindow> {
    const window = await open(options);
    await window.goto(link);
    return window;
  }

  /** A phone at the question about what the other window shows. */
  async function askedPhone(waiting: EngineWindow, options: WindowOptions = narrow): Promise<EngineWindow> {
    const phone = await openPhone(await scan(waiting), options);
    await fillPassword(phone);
    await phone.waitFor('button', 'Approve');
    return phone;
  }

  const arrives = async (window: EngineWindow) => (await window.waitForUrl(chain.end)).searchParams;
  const failStream = (fault: Fault) => network.setRule(always(/^GET \/interaction\/[^/]+\/events$/, fault));

  describe(`the whole sign-in in ${name}`, () => {
    it('ends at the app after an approval, and Back does not lead into a page that looks alive', async () => {
      const waiting = await openWaiting();
      const phone = await askedPhone(waiting);
      expect(await phone.text('[data-slot=host]')).toBe(new URL(chain.redirectUri).host);
      await waiting.waitForText('Check your phone');
      await phone.click('button', 'Approve');
      await phone.waitFor('heading', 'Approved');
      const code = (await arrives(waiting)).get('code');
      expect(await waiting.heading()).toBe('Arrived');
      // Until then, Back leads to the app with the code once more.
      await redeem(code);
      // The page that leads onward may be in the history too. It leads to the app once more.
      const goBack = async () => {
        if ((await waiting.url()).startsWith(chain.end)) await waiting.back();
        return waiting.heading();
      };
      await expect.poll(goBack, { timeout: 20_000, interval: 1500 }).toBe('This sign-in has ended');
      expect(await waiting.isThere('image', 'QR code for signing in')).toBe(false);
    });

    it('keeps the key of the phone for the next approval, and reloads at the question', async () => {
      const phone = await askedPhone(await openWaiting());
      await phone.click('button', 'Deny');
      const waiting = await openWaiting();
      await phone.goto(await scan(waiting));
      await phone.waitFor('button', 'Approve');
      await phone.goto(await phone.url());
      await phone.click('button', 'Approve');
      expect((await arrives(waiting)).has('code')).toBe(true);
    });

    it('returns to the app after a refusal', async () => {
      const waiting = await openWaiting();
      const phone = await askedPhone(waiting);
      await phone.click('button', 'Deny');
      await phone.waitFor('heading', 'Denied');
      expect((await arrives(waiting)).get('error')).toBe('access_denied');
    });

    it('keeps only cookies that scripts cannot read and that other sites do not send', async () => {
      const waiting = await openWaiting();
      const cookies = await waiting.cookies();
      expect(cookies.map((cookie) => cookie.name).sort().length).toBeGreaterThan(1);
      for (const cookie of cookies) {
        expect(cookie, cookie.name).toMatchObject({ httpOnly: true, secure: true });
        expect(cookie.sameSite.toLowerCase(), cookie.name).toMatch(/^(lax|strict)$/);
        if (cookie.path === '/') expect(cookie.name).toMatch(/^__Host-/);
      }
      expect(await waiting.run('return document.cookie')).toBe('');
    });

    it('reports what breaks the content security policy', async () => {
      const waiting = await openWaiting();
      const other = new URL(chain.end).origin;
      await waiting.run('const picture = new Image(); picture.src = args[0]; document.body.append(picture)', other);
      await expect.poll(() => waiting.violations()).not.toEqual([]);
      await waiting.goto('about:blank');
      await waiting.close();
      opened = [];
    });
  });

  describe(`the question in view in ${name}`, () => {
    it.each([390, 320])(
      'rule 8: host and heading are in view on a phone %i wide, and so is the result',
      async (width) => {
        const phone = await askedPhone(await openWaiting(), { width, height: 560 });
        for (const part of ['h1', '[data-slot=host]']) expect(await phone.isInView(part), part).toBe(true);
        await phone.run('scrollTo(0, document.body.scrollHeight)');
        await phone.click('button', 'Approve');
        await phone.waitFor('heading', 'Approved');
        expect(await phone.isInView('h1')).toBe(true);
      },
    );
  });

  describe(`a network that fails in ${name}`, () => {
    it.each<[string, Fault]>([
      ['never opens', { kind: 'answer-held' }],
      ['opens and is held back', { kind: 'body-held' }],
      ['is cut', { kind: 'request-cut' }],
      ['stalls after its first second', { kind: 'stall', after: 1 }],
    ])('rule 5: the browser finishes where the stream of events %s', async (_title, fault) => {
      failStream(fault);
      const waiting = await openWaiting();
      const phone = await askedPhone(waiting);
      await phone.click('button', 'Approve');
      expect((await arrives(waiting)).has('code')).toBe(true);
    });
  });

  describe(`a phone with a service worker in ${name}`, () => {
    it('rule 6: shows a page for a stale code', async () => {
      const phone = await openPhone(`${app.config.issuer}/q`);
      await fillPassword(phone);
      await phone.waitFor('heading', 'Approve a sign-in');
      await phone.run('await navigator.serviceWorker?.ready');
      await phone.goto(`${app.config.issuer}/q/${'a'.repeat(22)}`);
      expect(await phone.run('return document.contentType')).toBe('text/html');
      expect(await phone.heading()).not.toBe('');
    });
  });
}
