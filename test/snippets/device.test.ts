// The snippets for screens (RFC 8628), run unchanged by sh and curl, and by Node with openid-client, until a
// phone has approved.
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type WrittenSnippet, writeSnippet } from '../support/snippet.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';

let app: TestApp;
let phone: VirtualPhone;
beforeAll(async () => {
  app = await startApp();
  phone = await app.phone();
});
afterAll(() => app.stop());

const register = (method: string) =>
  app.clients.create({
    // As awkward as an id may be.
    client_id: `t'v"$(id):%41-${method}`,
    client_name: 'Tea TV',
    token_endpoint_auth_method: method,
    grant_types: [],
    scope: 'openid profile',
    device_grant: true,
  });

/** Runs it; `path` first in PATH. */
function run({ folder }: WrittenSnippet, path: string, [program = '', ...args]: string[]) {
  const env = { ...process.env, PATH: `${path}:${process.env.PATH}` };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, shown] = ['', ''];
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  child.stderr.on('data', (chunk) => {
    shown += chunk;
  });
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(printed)));
  return {
    ended,
    /** What the screen shows. */
    async claim() {
      await expect.poll(() => shown).toMatch(/Code \S+\n/);
      const [, code] = /Open \S+\/q\/[\w-]{22}\nCode (\S+)\n/.exec(shown) ?? [];
      const claim = await phone.scan({ user_code: String(code) });
      expect(claim.context).toMatchObject({ kind: 'device', browser: { name: 'My device' } });
      return claim;
    },
    stop: () => child.kill('SIGKILL'),
  };
}

it.concurrent.each(['client_secret_basic', 'client_secret_post', 'none'])(
  'curl waits, slower once it is told so, and is given its tokens: %s',
  async (method) => {
    const snippet = await writeSnippet(app.issuer, 'curl-device', await register(method), {}, 'openid profile');
    // An impatient one: it shows what it was asked for, and sleeps a moment.
    const asked = join(snippet.folder, 'asked');
    await writeFile(join(snippet.folder, 'sleep'), `#!/bin/sh\necho "$1" >>'${asked}'\nexec /bin/sleep 0.1\n`, {
      mode: 0o755,
    });
    const screen = run(snippet, snippet.folder, ['sh', 'device.sh']);
    try {
      const claim = await screen.claim();
      await expect.poll(() => readFile(asked, 'utf8').catch(() => '')).toMatch(/^5\n(5\n)+10\n/);
      await phone.approve(claim, { user_code_confirmed: true });
      const tokens = JSON.parse(await screen.ended);
      expect(tokens).toMatchObject({ scope: 'openid profile', access_token: expect.any(String) });
    } finally {
      screen.stop();
      await snippet.remove();
    }
  },
);

it.concurrent('curl prints why there are no tokens', async () => {
  const { client, secret } = await app.clients.create({
    client_name: 'Refused',
    token_endpoint_auth_method: 'none',
    grant_types: [],
    scope: 'openid profile',
    device_grant: true,
  });
  const snippet = await writeSnippet(app.issuer, 'curl-device', { client, secret }, {}, 'openid');
  await writeFile(join(snippet.folder, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
  const screen = run(snippet, snippet.folder, ['sh', 'device.sh']);
  try {
    await phone.deny(await screen.claim());
    expect(JSON.parse(await screen.ended)).toMatchObject({ error: 'access_denied' });
  } finally {
    screen.stop();
    await snippet.remove();
  }
});

it.concurrent('openid-client signs a person in on a screen', async () => {
  const made = await app.clients.create({
    client_name: 'Node TV',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: [],
    scope: 'openid profile',
    device_grant: true,
  });
  const snippet = await writeSnippet(app.issuer, 'openid-client-device', made, {}, 'openid profile');
  const screen = run(snippet, snippet.folder, [process.execPath, 'device.mjs']);
  try {
    await phone.approve(await screen.claim(), { user_code_confirmed: true });
    expect(JSON.parse(await screen.ended)).toMatchObject({ name: 'Alice Liddell' });
  } finally {
    screen.stop();
    await snippet.remove();
  }
});
