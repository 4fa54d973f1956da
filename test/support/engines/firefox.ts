// Real Firefox by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), over the WebSocket of Node. It
// needs no driver beside the browser.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { type Cookie, createWindow, type Engine, type WindowDriver, type WindowOptions } from './engine.ts';
import { makeHome, removeHome, startProgram, untilStarted } from './processes.ts';

/** Nothing that a fresh profile does by itself: no update, no telemetry, no page of its own. */
const quiet = {
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'browser.topsites.contile.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.systemAddon.update.enabled': false,
  'intl.accept_languages': 'en-US, en',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
} as const;

type Json = Readonly<Record<string, unknown>>;
type Event = { readonly method: string; readonly params: Readonly<Record<string, unknown>> };
type Message = Event & {
  readonly id?: number;
  readonly type: string;
  readonly result?: unknown;
  readonly message?: string;
};

type Session = Awaited<ReturnType<typeof startSession>>;

/**
 * Settings of a profile cannot change while it runs, so that each kind of window has a process of its own.
 */
export async function startFirefox(): Promise<Engine> {
  const sessions = new Map<string, Promise<Session>>();

  function sessionFor({ scripts = true, isPrivate = false }: WindowOptions): Promise<Session> {
    const key = `${scripts} ${isPrivate}`;
    const session = sessions.get(key) ?? startSession({ scripts, isPrivate });
    sessions.set(key, session);
    return session;
  }

  return {
    name: 'firefox',
    async open(options) {
      return createWindow(await openWindow(await sessionFor(options), options));
    },
    async close() {
      for (const session of sessions.values()) await (await session).stop();
    },
  };
}

async function startSession({ scripts, isPrivate }: { scripts: boolean; isPrivate: boolean }) {
  const home = await makeHome();
  const settings = {
    ...quiet,
    ...(!scripts && { 'javascript.enabled': false }),
    ...(isPrivate && { 'browser.privatebrowsing.autostart': true }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`);
  await writeFile(join(home, 'user.js'), lines.join(''));
  const port = await freePort();
  const command = ['firefox-esr', '--headless', '--no-remote', '--profile', home, `--remote-debugging-port=${port}`];
  const program = startProgram([...command, 'about:blank'], {
    ...process.env,
    HOME: home,
    MOZ_REMOTE_SETTINGS_DEVTOOLS: '1',
  });
  const socket = await untilStarted(program, () => connect(`ws://127.0.0.1:${port}/session`));
  const events: Event[] = [];
  const call = createCaller(socket, events);
  await call('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  await call('session.subscribe', { events: ['log.entryAdded'] });
  return {
    call,
    events,
    async stop() {
      socket.close();
      await program.stop();
      await removeHome(home);
    },
  };
}

const connect = (url: string): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(socket);
    socket.onerror = () => reject(new Error(`nobody listens at ${url}`));
  });

/** @returns what sends a command and resolves with its result. @param events gets what the browser reports */
function createCaller(socket: WebSocket, events: Event[]) {
  const open = new Map<number, (message: Message) => void>();
  socket.onmessage = ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.id === undefined) events.push(message);
    else open.get(message.id)?.(message);
  };
  let lastId = 0;
  return async (method: string, params: Json = {}): Promise<Json> => {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<Message>();
    open.set(id, resolve);
    socket.send(JSON.stringify({ id, method, params }));
    const { type, result, message } = await promise;
    open.delete(id);
    if (type === 'error') throw new Error(`${method}: ${message}`);
    return result as Json;
  };
}

/**
 * A window of a user context, which has cookies and storage of its own. Only the front tab of a window is
 * visible.
 */
async function openWindow(
  { call, events }: Session,
  { width, height, scripts = true }: WindowOptions,
): Promise<WindowDriver> {
  const { userContext } = await call('browser.createUserContext');
  const { context } = await call('browsingContext.create', { type: 'window', userContext });
  await call('browsingContext.setViewport', { context, viewport: { width, height } });
  const firstEvent = events.length;
  // Without scripts no promise of a page is ever resolved.
  const [eventually, awaited] = scripts ? ['async', 'await'] : ['', ''];

  /** @returns a RemoteValue: a string, or a reference to an element */
  async function callFunction(body: string, args: readonly unknown[]) {
    const answer = await call('script.callFunction', {
      functionDeclaration: `${eventually} (given) => { const args = JSON.parse(given); ${body} }`,
      arguments: [{ type: 'string', value: JSON.stringify(args) }],
      awaitPromise: true,
      target: { context },
    });
    const { type, result, exceptionDetails } = answer as {
      type: string;
      result: { type: string; value?: unknown; sharedId?: string };
      exceptionDetails?: { text: string };
    };
    if (type === 'exception') throw new Error(exceptionDetails?.text);
    return result;
  }

  return {
    async navigate(url) {
      await call('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async run(body, ...args) {
      const { value } = await callFunction(
        `const run = ${eventually} () => { ${body} }; return JSON.stringify(${awaited} run())`,
        args,
      );
      return typeof value === 'string' ? JSON.parse(value) : undefined;
    },
    async clickOn(body, ...args) {
      const { sharedId } = await callFunction(
        `const act = () => { ${body} }; const it = act(); it?.scrollIntoView({ block: 'center' }); return it`,
        args,
      );
      if (!sharedId) return false;
      const origin = { type: 'element', element: { sharedId } };
      const actions = [
        { type: 'pointerMove', x: 0, y: 0, origin },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ];
      await call('input.performActions', {
        context,
        actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }],
      });
      return true;
    },
    async press(text) {
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await call('input.performActions', { context, actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async back() {
      await call('browsingContext.traverseHistory', { context, delta: -1 });
    },
    async picture() {
      const { data } = await call('browsingContext.captureScreenshot', { context, origin: 'viewport' });
      return Buffer.from(String(data), 'base64');
    },
    async cookies() {
      const { cookies } = await call('storage.getCookies', { partition: { type: 'storageKey', userContext } });
      return (cookies as (Omit<Cookie, 'value'> & { value: { value: string } })[]).map((cookie) => ({
        ...cookie,
        value: cookie.value.value,
      }));
    },
    async violations() {
      return events
        .slice(firstEvent)
        .filter(({ params }) => (params.source as Json | undefined)?.context === context)
        .map(({ params }) => String(params.text))
        .filter((text) => /Content-Security-Policy/i.test(text));
    },
    async close() {
      await call('browsingContext.close', { context });
      await call('browser.removeUserContext', { userContext });
    },
  };
}
