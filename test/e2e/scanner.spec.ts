// The scanner in real Chromium, whose camera is a film of a real sign-in page: what it claims, what it
// refuses by name, and its messages without a picture. Chromium on Linux has no BarcodeDetector, so the
// decoder in the worker reads.
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { toString as drawQr } from 'qrcode';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { startApp, type TestApp } from '../support/app.ts';
import { desktop, openBrowser, openWholeBrowser, phone as phoneOptions, readQr } from '../support/browser.ts';
import { type FakeCamera, openFakeCamera } from '../support/fake-camera.ts';
import { authorizationParams, createWaitingBrowser, redirectUri } from '../support/waiting-browser.ts';

let app: TestApp;
let camera: FakeCamera;
/** Has no camera, and nobody to say yes; and can judge what may be installed. */
let bare: Browser;
let contexts: BrowserContext[] = [];
const pageErrors: string[] = [];

beforeAll(async () => {
  const { clients } = parseYaml(await readFile(new URL('../../config/development.yaml', import.meta.url), 'utf8'));
  const strict = (client: { client_id: string }) =>
    client.client_id === 'dev-web' ? { ...client, qr_scanner: 'in_app' } : client;
  app = await startApp({ clients: clients.map(strict) });
  [camera, bare] = await Promise.all([openFakeCamera(), openWholeBrowser()]);
});
afterAll(async () => {
  await Promise.all([camera?.close(), bare?.close()]);
  await app?.stop();
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  app.time.shiftSeconds = 0;
  expect(pageErrors.splice(0), 'no script fails and nothing breaks the content security policy').toEqual([]);
});

async function open(options: BrowserContextOptions = desktop, browser = camera.browser): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Permissions policy|is not a function/.test(message.text()))
      pageErrors.push(message.text());
  });
  return page;
}

async function waitAtSignIn(clientId = 'dev-public'): Promise<Page> {
  const page = await open();
  await page.goto(`${app.issuer}/auth?${authorizationParams({ client_id: clientId }).params}`);
  await page.getByRole('img', { name: 'QR code for signing in' }).waitFor();
  return page;
}

async function openPhone(path = '/q', options = phoneOptions, browser = camera.browser): Promise<Page> {
  const page = await open(options, browser);
  await page.goto(app.issuer + path);
  await page.locator('#username').fill('alice');
  await page.locator('#password').fill('tessera-demo-alice');
  await page.locator('button[type=submit]').click();
  await page.locator('#home').waitFor();
  return page;
}

/** A page that shows some other QR code. */
async function show(text: string): Promise<Page> {
  const page = await open();
  const style = 'background:#fff;display:grid;place-items:center;height:95vh';
  await page.setContent(`<body style="${style}">${await drawQr(text, { type: 'svg', width: 600 })}</body>`);
  return page;
}

const scan = (phone: Page) => phone.getByRole('button', { name: 'Scan a code' }).click();
const says = (phone: Page, text: string | RegExp) => phone.getByRole('status').filter({ hasText: text }).waitFor();
const claims = (phone: Page): string[] => {
  const sent: string[] = [];
  phone.on('request', (request) => {
    if (request.url().endsWith('/phone/v1/scan')) sent.push(request.postData() ?? '');
  });
  return sent;
};
/** The link in the picture on show now. */
const linkOn = async (waiting: Page) => readQr(await waiting.screenshot());
const isCameraOff = (phone: Page) => phone.evaluate<boolean>("document.querySelector('video').srcObject === null");
const nameOfWorker = (phone: Page) => phone.workers().map((worker) => new URL(worker.url()).pathname);
const finishes = (waiting: Page) => waiting.waitForRequest((request) => request.url().startsWith(redirectUri));

describe('the scanner', () => {
  it('B14 reads the code from a film of the sign-in page, claims it as scanned, and turns the camera off', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    const sent = claims(phone);
    await camera.film(waiting);
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
    expect(sent.map((body) => JSON.parse(body).channel)).toEqual(['scanner']);
    expect(await isCameraOff(phone)).toBe(true);
    expect(await phone.getByText('If somebody sent you this code').count()).toBe(0);
    await waiting.getByText('Check your phone').waitFor();
    const done = finishes(waiting);
    await phone.getByRole('button', { name: 'Approve' }).click();
    expect(new URL((await done).url()).searchParams.get('code')).toBeTruthy();
  });

  it('F4 decodes in a worker of our own origin, and sends no picture anywhere', async () => {
    const phone = await openPhone();
    const urls: string[] = [];
    phone.on('request', (request) => urls.push(`${request.method()} ${request.url()}`));
    await camera.film(await show('nothing of interest'));
    await scan(phone);
    await says(phone, 'This is not a sign-in code of this provider.');
    expect(nameOfWorker(phone)).toEqual([expect.stringMatching(/^\/assets\/scanner-worker\.[\w-]+\.js$/)]);
    expect(urls.filter((url) => url.startsWith('POST'))).toEqual([]);
    expect(urls.filter((url) => !url.includes(` ${app.issuer}/`))).toEqual([]);
  });

  it.each([
    ['https://example.com/pay', 'This is not a sign-in code of this provider: example.com'],
    [
      'https://id.example/q/AbCdEfGhIjKlMnOpQrStU_.17.abcdefgh-_1',
      'This is a sign-in code of another provider: id.example',
    ],
    ['WIFI:T:WPA;S:net;P:secret;;', 'This is not a sign-in code of this provider.'],
    [`https://example.com/${'x'.repeat(900)}`, 'This is not a sign-in code of this provider.'],
  ])('B14 refuses a foreign code by name and opens nothing: %s', async (text, words) => {
    const phone = await openPhone();
    const sent = claims(phone);
    await camera.film(await show(text));
    await scan(phone);
    await says(phone, words);
    expect(sent).toEqual([]);
    expect(phone.url()).toBe(`${app.issuer}/q`);
    expect(phone.context().pages().length).toBe(1);
  });

  it('ignores a damaged code and reads the next one', async () => {
    const waiting = await waitAtSignIn();
    const damaged = await show(`${app.issuer}/q/AbCdEfGhIjKlMnOpQrStU_.17.abcdefgh-_1`);
    await damaged.evaluate(
      "document.body.insertAdjacentHTML('beforeend', '<div style=\"position:fixed;left:500px;top:250px;width:280px;height:280px;background:#777\"></div>')",
    );
    const phone = await openPhone();
    const sent = claims(phone);
    await camera.film(damaged);
    await scan(phone);
    await says(phone, 'Hold the whole code inside the frame');
    await expect.poll(() => phone.evaluate<number>("document.querySelector('video').currentTime")).toBeGreaterThan(1);
    expect(sent).toEqual([]);
    await phone.getByRole('button', { name: 'Type the code instead' }).click();
    expect(await isCameraOff(phone)).toBe(true);
    await camera.film(waiting);
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('reads a rotated and blurred code', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await waiting.evaluate(
      "Object.assign(document.body.style, { transform: 'translateX(-240px) rotate(11deg) skewY(5deg)', filter: 'blur(0.8px) contrast(0.6)' })",
    );
    await camera.film(waiting);
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('C8 returns to the scanner after a phone that lost its key has signed in again', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await openPhone()];
    await phone.evaluate("new Promise((done) => { indexedDB.deleteDatabase('tessera').onsuccess = done; })");
    // The page holds the key in memory until it is loaded again.
    await phone.reload();
    await camera.film(waiting);
    await scan(phone);
    await phone.waitForURL(`${app.issuer}/sign-in?return_to=%2Fq%3Fscan`);
    await phone.getByLabel('Password').fill('tessera-demo-alice');
    await phone.getByRole('button', { name: 'Sign in' }).click();
    await phone.waitForURL(`${app.issuer}/q?scan`);
    await phone.getByRole('button', { name: 'Open the camera' }).click();
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('B14 reports a picture of 40 seconds ago as too old, and the sign-in stays open', async () => {
    const waiting = await waitAtSignIn();
    await camera.film(waiting);
    app.time.shiftSeconds = 40;
    const phone = await openPhone();
    const sent = claims(phone);
    await scan(phone);
    await says(phone, 'That picture is old: scan the screen itself.');
    expect(new Set(sent).size, 'each picture is asked about once').toBe(sent.length);
    await waiting.getByText('Waiting for your phone').waitFor();
    // Closed before there is a fresh picture to claim: the camera does not wait to be asked.
    await phone.getByRole('button', { name: 'Type the code instead' }).click();
    await camera.film(waiting);
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('B14 is required by policy: the opened link cannot approve, and the scanned code of the same ticket can', async () => {
    const [waiting, phone] = [await waitAtSignIn('dev-web'), await openPhone()];
    const qr = await linkOn(waiting);
    await phone.goto(qr);
    await phone.getByRole('heading', { name: 'Scan this code with our scanner' }).waitFor();
    expect(await phone.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await waiting.getByText('Waiting for your phone').waitFor();
    await phone.getByRole('link', { name: 'Scan a code' }).click();
    await phone.getByRole('button', { name: 'Open the camera' }).waitFor();
    // What was opened as a link is not taken from the scanner; a person's camera sees the next one anyway.
    await expect.poll(() => linkOn(waiting), { timeout: 10_000 }).not.toBe(qr);
    await camera.film(waiting);
    await phone.getByRole('button', { name: 'Open the camera' }).click();
    const done = finishes(waiting);
    await phone.getByRole('button', { name: 'Approve' }).click();
    expect(new URL((await done).url()).searchParams.get('code')).toBeTruthy();
  });

  it('B14 is still required after a claim by link or typed code, even if it is claimed again as scanned', async () => {
    const alice = await app.phone('alice');
    for (const field of ['qr', 'user_code']) {
      const browser = createWaitingBrowser(app.issuer);
      await browser.open({ client_id: 'dev-web' });
      const shown = (await browser.ticket()).json();
      const claim = await alice.scan({ [field]: String(shown[field]) } as { qr: string });
      expect(claim.requires).toContain('scanner');
      await expect(alice.approve(claim)).rejects.toMatchObject({ code: 'scanner_required' });
      const again = await alice.call('POST', '/phone/v1/scan', { qr: shown.qr, channel: 'scanner' });
      expect(again.body.requires).toContain('scanner');
      const path = `/phone/v1/tickets/${again.body.ticket}/approve`;
      const refused = await alice.call('POST', path, { approval_token: again.body.approval_token });
      expect([refused.status, refused.body.code]).toEqual([403, 'scanner_required']);
    }
  });

  it('uses the browser’s own detector where it exists (a stub: this tests the wiring, not the decoding)', async () => {
    const waiting = await waitAtSignIn();
    const qr = await linkOn(waiting);
    const phone = await open(phoneOptions);
    await phone.addInitScript(`globalThis.BarcodeDetector = class {
      static getSupportedFormats() { return Promise.resolve(['ean_13', 'qr_code']); }
      async detect(image) { return image instanceof ImageData && image.width > 0 ? [{ rawValue: '${qr}' }] : []; }
    }`);
    await signIn(phone);
    await camera.film(await show('not this one'));
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
    expect(nameOfWorker(phone)).toEqual([]);
  });

  it('uses its own decoder when the browser’s detector fails (a stub)', async () => {
    const [waiting, phone] = [await waitAtSignIn(), await open(phoneOptions)];
    await phone.addInitScript(`globalThis.BarcodeDetector = class {
      static getSupportedFormats() { return Promise.resolve(['qr_code']); }
      detect() { return Promise.reject(new DOMException('no service', 'NotSupportedError')); }
    }`);
    await signIn(phone);
    await camera.film(waiting);
    await scan(phone);
    await phone.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('turns the camera off while the page is hidden, and on again afterwards', async () => {
    const phone = await openPhone();
    await camera.film(await show('nothing of interest'));
    await scan(phone);
    await says(phone, 'not a sign-in code');
    await phone.evaluate(setHidden(true));
    expect(await isCameraOff(phone)).toBe(true);
    await phone.evaluate(setHidden(false));
    await expect.poll(() => isCameraOff(phone)).toBe(false);
  });

  it('switches between cameras, and turns the light on where the camera has one (the light is a stub)', async () => {
    // A filmed camera is alone; these two show Chromium's own test picture.
    const fake = ['--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream'];
    const two = await openBrowser(fake);
    const phone = await open(phoneOptions, two);
    await phone.addInitScript(`
      const [lit, wished] = [[], []];
      Object.assign(globalThis, { lit, wished });
      const real = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = function (wish) {
        wished.push(wish.video.deviceId?.exact);
        return real.call(this, wish);
      };
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
      MediaStreamTrack.prototype.applyConstraints = async (wish) => void lit.push(wish.advanced[0].torch);
    `);
    await signIn(phone);
    await scan(phone);
    const deviceId = () =>
      phone.evaluate<string>(
        "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId ?? ''",
      );
    const light = phone.getByRole('button', { name: 'Light' });
    await light.click();
    await expect.poll(() => light.getAttribute('aria-pressed')).toBe('true');
    await light.click();
    await expect.poll(() => light.getAttribute('aria-pressed')).toBe('false');
    expect(await phone.evaluate('lit')).toEqual([true, false]);
    const first = await deviceId();
    await phone.getByRole('button', { name: 'Other camera' }).click();
    await expect.poll(deviceId).not.toBe(first);
    await expect.poll(deviceId).not.toBe('');
    // The choice is remembered. Chromium gives its cameras other ids after a reload here, so one is opened
    // all the same.
    const chosen = await deviceId();
    await phone.goto(`${app.issuer}/q?scan`);
    await phone.getByRole('button', { name: 'Open the camera' }).click();
    await expect.poll(() => phone.evaluate('wished[0]')).toBe(chosen);
    await expect.poll(deviceId).not.toBe('');
    await two.close();
  });
});

describe('the scanner without a picture', () => {
  const reasons: [string, string, string][] = [
    ['refused', "() => Promise.reject(new DOMException('', 'NotAllowedError'))", 'This page may not use the camera'],
    ['in use', "() => Promise.reject(new DOMException('', 'NotReadableError'))", 'cannot be used right now'],
  ];

  it.each(reasons)('reports that the camera is %s, and the code can be typed', async (_name, getUserMedia, words) => {
    const phone = await open(phoneOptions);
    await phone.addInitScript(`MediaDevices.prototype.getUserMedia = ${getUserMedia}`);
    await signIn(phone);
    await scan(phone);
    await says(phone, words);
    await phone.getByRole('button', { name: 'Try again' }).waitFor();
    await phone.getByRole('button', { name: 'Type the code instead' }).click();
    expect(await phone.evaluate('document.activeElement.id')).toBe('scan');
    await phone.getByLabel('Code from the screen').waitFor();
  });

  it('reports a browser without a camera, and offers to type the code', async () => {
    const phone = await openPhone('/q', phoneOptions, bare);
    await scan(phone);
    await says(phone, 'No camera was found here.');
    expect(await phone.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  });

  it.each([
    [
      'a page that is not opened over https',
      "Object.defineProperty(window, 'isSecureContext', { get: () => false })",
      'only to pages opened over https',
    ],
    ['a browser that knows no camera', 'MediaDevices.prototype.getUserMedia = undefined', 'No camera was found'],
    [
      'a browser that hides pictures from pages',
      'CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) => new ImageData(crypto.getRandomValues(new Uint8ClampedArray(width * height * 4 % 65536)), width, height)',
      'sees only noise',
    ],
    ['a browser that cannot run the decoder', 'globalThis.Worker = undefined', 'This browser cannot read codes'],
  ])('reports it on %s', async (_name, script, words) => {
    const phone = await open(phoneOptions);
    await phone.addInitScript(script);
    await signIn(phone);
    await camera.film(await show('nothing of interest'));
    await scan(phone);
    await says(phone, words);
    expect(await isCameraOff(phone)).toBe(true);
    await phone.getByRole('button', { name: 'Type the code instead' }).click();
    await phone.getByLabel('Code from the screen').waitFor();
  });

  it('turns the camera off if permission comes only after the person has left the page', async () => {
    const phone = await open(phoneOptions);
    await phone.addInitScript(`
      const real = MediaDevices.prototype.getUserMedia;
      MediaDevices.prototype.getUserMedia = async function (wish) {
        await new Promise((allow) => { globalThis.allow = allow; });
        const stream = await real.call(this, wish);
        globalThis.track = stream.getTracks()[0];
        return stream;
      };
    `);
    await signIn(phone);
    await camera.film(await show('nothing of interest'));
    await scan(phone);
    await says(phone, 'Opening the camera');
    await phone.getByRole('button', { name: 'Type the code instead' }).click();
    await phone.evaluate('allow()');
    await expect.poll(() => phone.evaluate('globalThis.track?.readyState')).toBe('ended');
  });
});

describe('the installed app', () => {
  it('opens on the scanner after the sign-in, and asks before it starts the camera', async () => {
    const phone = await openPhone('/q?scan');
    expect(phone.url()).toBe(`${app.issuer}/q?scan`);
    await phone.getByRole('heading', { name: 'Scan the code' }).waitFor();
    await phone.getByText('Only scan a code on a screen in front of you').last().waitFor();
    expect(await isCameraOff(phone)).toBe(true);
    await phone.getByRole('button', { name: 'Open the camera' }).waitFor();
  });

  it('is installable according to Chromium', async () => {
    const phone = await openPhone('/q', phoneOptions, bare);
    const devtools = await phone.context().newCDPSession(phone);
    const { errors, data } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const manifest = JSON.parse(data ?? '{}');
    expect(manifest).toMatchObject({ start_url: '/q?scan', scope: '/q', display: 'standalone' });
    for (const { src, sizes } of manifest.icons) {
      const size = await phone.evaluate<string>(
        `new Promise((done) => { const i = new Image(); i.onload = () => done(i.width + 'x' + i.height); i.src = '${src}'; })`,
      );
      expect(size).toBe(sizes);
    }
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A window without a profile on disk cannot install apps. This error alone shows that the page itself is
    // installable.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
  });

  it('F4 reports that it is offline, caches nothing else, and continues when the network is back', async () => {
    const phone = await openPhone();
    await phone.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await phone.reload();
    await phone.context().setOffline(true);
    await phone.goto(`${app.issuer}/q?scan`);
    await phone.getByRole('heading', { name: 'No connection' }).waitFor();
    const isStyled =
      "getComputedStyle(document.querySelector('.card')).borderRadius !== '0px' || matchMedia('(max-width: 480px)').matches && getComputedStyle(document.body).display === 'flex'";
    expect(await phone.evaluate(isStyled)).toBe(true);
    const kept = await phone.evaluate<string[]>(
      'caches.keys().then(async (names) => (await Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat())',
    );
    expect(kept.map((path) => path.replace(/\.[\w-]{12}\./, '.')).sort()).toEqual([
      '/assets/favicon.svg',
      '/assets/style.css',
      '/offline',
    ]);
    await phone.context().setOffline(false);
    await phone.getByRole('link', { name: 'Try again' }).click();
    await phone.getByRole('button', { name: 'Scan a code' }).waitFor();
  });
});

async function signIn(phone: Page): Promise<void> {
  await phone.goto(`${app.issuer}/sign-in`);
  await phone.getByLabel('Username').fill('alice');
  await phone.getByLabel('Password').fill('tessera-demo-alice');
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await phone.waitForURL(`${app.issuer}/q`);
}

const setHidden = (isHidden: boolean) =>
  `Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${isHidden} }); document.dispatchEvent(new Event('visibilitychange'))`;
