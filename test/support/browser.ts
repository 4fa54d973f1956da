// Real Chromium for end-to-end tests, as a desktop and as a phone, and an independent reader for what it
// shows.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';

const quiet = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const wholeProgram = process.env.CHROMIUM ?? '/usr/bin/chromium';
/**
 * The same engine of the same version without the windows of a desktop browser, which are half of its work.
 */
const engine = '/usr/bin/chromium-headless-shell';
const isChosen = process.env.CHROMIUM !== undefined || !existsSync(engine);
const program = process.env.CHROMIUM_HEADLESS_SHELL ?? (isChosen ? wholeProgram : engine);

/** @param more switches beside ours, such as those of a fake camera */
export const openBrowser = (more: readonly string[] = []): Promise<Browser> => launch(program, more);

/**
 * With what only a desktop browser has: it shows notifications, and judges whether a page can be installed.
 */
export const openWholeBrowser = (): Promise<Browser> => launch(wholeProgram, []);

const launch = (executablePath: string, more: readonly string[]): Promise<Browser> =>
  chromium.launch({
    executablePath,
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', ...quiet, ...more],
  });

/** What moves without end is drawn sixty times a second, on processors that the tests need. */
const still = { reducedMotion: 'reduce' } as const;
export const desktop: BrowserContextOptions = { ...still, viewport: { width: 1280, height: 800 }, locale: 'en-US' };
export const phone: BrowserContextOptions = {
  ...still,
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'en-US',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
};

/** What zbar, which shares no code with us, reads in a screenshot. @throws when it finds no code */
export async function readQr(screenshot: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-qr-'));
  try {
    const file = join(folder, 'screen.png');
    await writeFile(file, screenshot);
    const { stdout } = await promisify(execFile)('zbarimg', ['--raw', '-q', file]);
    return stdout.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
