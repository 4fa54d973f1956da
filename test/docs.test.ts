// What the documents say is true: the README's example runs, its commands exist, and every security requirement is tested or named open.
import { spawn } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startApp } from './support/app.ts';
import { createWaitingBrowser } from './support/waiting-browser.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts as Record<string, string>;

const range = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${letter}${from + i}`);
/** Those that this release answers for. */
const requirements = [
  ...range('A', 1, 21),
  ...range('B', 1, 20),
  ...range('C', 1, 8),
  ...range('D', 1, 10),
  ...range('E', 1, 7),
  ...range('F', 1, 8),
  ...range('G', 1, 6),
  ...range('H', 1, 5),
];

describe('the README', () => {
  it('names only files, scripts and pictures that exist', () => {
    for (const [, path = ''] of readme.matchAll(/`((?:src|config|test|views|bench|docs)\/[\w./-]+)`/g)) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
    for (const [, path = ''] of readme.matchAll(/\]\(((?!http)[\w./-]+)\)/g))
      expect(existsSync(join(root, path)), path).toBe(true);
    expect(readme).not.toMatch(/[A-Z]+_FIGURES|TODO|FIXME/);
    for (const [, script = ''] of readme.matchAll(/npm run ([\w-]+)/g)) expect(scripts, script).toHaveProperty(script);
  });

  it('has every requirement tested by name, or open with a reason', () => {
    const open = readme.slice(readme.indexOf('**Open, with the reason.**'), readme.indexOf('## Run it for real'));
    const tests = globSync('test/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('docs.test.ts'));
    const titles = tests.flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:\b(?:it|describe)\(|^\s*\)?\()?\s*['`]([^'`\n]+)['`],\s*(?:\{[^}]*\},\s*)?(?:async )?\(/gm,
      ),
    ]);
    const named = new Set(titles.flatMap(([, title = '']) => title.match(/\b[A-H]\d{1,2}\b/g) ?? []));
    const missing = requirements.filter((id) => !named.has(id) && !open.includes(`| ${id} |`));
    expect(missing).toEqual([]);
  });

  it('shows a relying party that works as it stands', async () => {
    const app = await startApp();
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
    const folder = join(root, 'data', `readme-${process.pid}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'relying-party.mjs'), code);
    const child = spawn(process.execPath, [join(folder, 'relying-party.mjs')], {
      env: { ...process.env, ISSUER: app.issuer },
      stdio: 'pipe',
    });
    try {
      const start = await untilAnswered('http://127.0.0.1:8765/');
      const browser = createWaitingBrowser(app.issuer);
      const alice = await app.phone('alice');
      const started = await browser.request(start.headers.get('location') ?? '');
      const base = started.headers.get('location') ?? '';
      await browser.request(base, { headers: { accept: 'text/html' } });
      const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
      await alice.approve(await alice.scan({ qr: String(qr) }));
      const finished = await browser.json('POST', `${base}/finish`, {});
      const callback = await browser.follow(String(finished.json().location));
      expect(await (await fetch(callback)).text()).toBe('Hello Alice Liddell, signed in by urn:tessera:qr');
    } finally {
      child.kill();
      await rm(folder, { recursive: true, force: true });
      await app.stop();
    }
  });
});

async function untilAnswered(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(url, { redirect: 'manual' }).catch(() => null);
    if (response) return response;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
