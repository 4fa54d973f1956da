// Real WebKit: WebKitGTK's MiniBrowser by WebDriver (https://www.w3.org/TR/webdriver2/), in an X server of
// its own. Its windows keep nothing after they are closed, as private ones.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.ts';
import { type Cookie, createWindow, type Engine, type WindowDriver, type WindowOptions } from './engine.ts';
import { makeHome, type Program, removeHome, startProgram, untilStarted } from './processes.ts';

const elementKey = 'element-6066-11e4-a52e-4f735466cecf';
const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const screen = { width: 1400, height: 1400 };

/** Takes away what keeps a window of MiniBrowser wider than a phone. */
const narrowToolbar = `* { margin: 0; padding: 0; min-width: 0; }
button, entry, image { min-width: 1px; font-size: 4px; -gtk-icon-transform: scale(0.4); }`;

/**
 * Every window has processes and a screen of its own: a driver has one session, and pictures show the
 * screen.
 */
export const startWebKit = async (): Promise<Engine> => {
  const open: WindowDriver[] = [];
  return {
    name: 'webkit',
    async open(options) {
      const driver = await openWindow(options);
      open.push(driver);
      return createWindow(driver);
    },
    async close() {
      await Promise.all(open.map((driver) => driver.close()));
    },
  };
};

/**
 * Console messages do not come out under automation, so that every script first sees to it that the page
 * keeps its violations. Those before the first script of a page are missed.
 */
const spy = `if (!window.violationsSeen) {
  window.violationsSeen = [];
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    window.violationsSeen.push(effectiveDirective + ' ' + blockedURI));
}`;

/** @returns the X server, and its name such as ":1" */
async function startScreen(): Promise<{ program: Program; display: string }> {
  const size = `${screen.width}x${screen.height}x24`;
  const command = ['Xvfb', '-displayfd', '3', '-screen', '0', size, '-nolisten', 'tcp'];
  const program = startProgram(command, process.env, ['pipe']);
  const displayPipe = program.child.stdio[3];
  if (!displayPipe) throw new Error('the X server has no pipe');
  const [number] = await once(displayPipe, 'data', { signal: AbortSignal.timeout(60_000) });
  return { program, display: `:${String(number).trim()}` };
}

/** An English locale in the home folder. Without one the browser's language is "C". */
async function makeLocale(home: string): Promise<NodeJS.ProcessEnv> {
  await promisify(execFile)('localedef', ['-i', 'en_US', '-f', 'UTF-8', join(home, 'en_US.UTF-8')]);
  return { LOCPATH: home, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' };
}

async function environmentOf(home: string, display: string): Promise<NodeJS.ProcessEnv> {
  const config = join(home, 'config');
  await mkdir(join(config, 'gtk-3.0'), { recursive: true });
  await writeFile(join(config, 'gtk-3.0', 'gtk.css'), narrowToolbar);
  return {
    ...process.env,
    ...(await makeLocale(home)),
    DISPLAY: display,
    HOME: home,
    XDG_CONFIG_HOME: config,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_RUNTIME_DIR: home,
    GDK_BACKEND: 'x11',
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
    // Tests run as root in a container, without a graphics card.
    WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
}

type Call = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>;

const createCaller =
  (base: string): Call =>
  async (method, path, body = {}) => {
    const answer = await fetch(base + path, { method, ...(method === 'POST' && { body: JSON.stringify(body) }) });
    const { value } = (await answer.json()) as { value: { error?: string; message?: string } };
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
    return value;
  };

async function openWindow({ width, height, scripts = true }: WindowOptions): Promise<WindowDriver> {
  const home = await makeHome();
  const { program: xServer, display } = await startScreen();
  const port = await freePort();
  const env = await environmentOf(home, display);
  const program = startProgram(['WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'], env);
  const callDriver = createCaller(`http://127.0.0.1:${port}`);
  await untilStarted(program, () => callDriver('GET', '/status'));
  const args = ['--automation', ...(scripts ? [] : ['--enable-javascript=false'])];
  const alwaysMatch = {
    browserName: 'MiniBrowser',
    acceptInsecureCerts: true,
    'webkitgtk:browserOptions': { binary: miniBrowser, args },
  };
  const session = (await callDriver('POST', '/session', { capabilities: { alwaysMatch } })) as { sessionId: string };
  const call: Call = (method, path, body) => callDriver(method, `/session/${session.sessionId}${path}`, body);
  await call('POST', '/timeouts', { pageLoad: 30_000, script: 30_000 });

  async function resize(): Promise<void> {
    let outer = { width, height };
    // The toolbar takes some of the window.
    for (let turn = 0; turn < 2; turn++) {
      await call('POST', '/window/rect', { x: 0, y: 0, ...outer });
      const [innerWidth = 0, innerHeight = 0] = (await execute('return [innerWidth, innerHeight]', [])) as number[];
      outer = { width: outer.width + width - innerWidth, height: outer.height + height - innerHeight };
    }
  }

  const execute = (script: string, given: readonly unknown[]) =>
    call('POST', '/execute/sync', { script: `${spy}; const args = [...arguments]; ${script}`, args: given });
  await resize();

  return {
    async navigate(url) {
      await call('POST', '/url', { url });
    },
    async run(body, ...given) {
      const script = `${spy}; const done = arguments[arguments.length - 1]; const args = [...arguments].slice(0, -1);
        const run = async () => { ${body} };
        run().then((value) => done(JSON.stringify({ value })), (error) => done(JSON.stringify({ error: String(error) })))`;
      const answer = JSON.parse(String(await call('POST', '/execute/async', { script, args: given })));
      if (answer.error) throw new Error(answer.error);
      return answer.value;
    },
    async clickOn(body, ...given) {
      const element = (await execute(body, given)) as Record<string, string> | null;
      if (!element) return false;
      await call('POST', `/element/${element[elementKey]}/click`);
      return true;
    },
    async press(text) {
      const actions = [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
      await call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async back() {
      await call('POST', '/back');
    },
    async picture() {
      // The command for screenshots never answers under Xvfb, so that the picture is taken from the screen.
      const [innerWidth, innerHeight] = (await execute('return [innerWidth, innerHeight]', [])) as number[];
      const rect = (await call('GET', '/window/rect')) as { x: number; y: number; height: number };
      const top = Math.max(0, rect.y) + rect.height - (innerHeight ?? 0);
      const crop = `${innerWidth}x${innerHeight}+${Math.max(0, rect.x)}+${top}`;
      const take = ['-display', display, '-window', 'root', '-crop', crop, '+repage', 'png:-'];
      const { stdout } = await promisify(execFile)('import', take, { encoding: 'buffer', maxBuffer: 20_000_000 });
      return stdout;
    },
    cookies: async () => (await call('GET', '/cookie')) as Cookie[],
    async violations() {
      return (await execute('return window.violationsSeen', [])) as string[];
    },
    async close() {
      await call('DELETE', '').catch(() => undefined);
      await program.stop();
      await xServer.stop();
      await removeHome(home);
    },
  };
}
