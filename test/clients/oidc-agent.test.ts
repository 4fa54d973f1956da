// oidc-agent of Debian, a program without pages of its own: the code flow with PKCE at an address of
// localhost, the device flow, and new access tokens. The daemon keeps the accounts, and three commands
// speak to it.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openStage, type RegisteredParty, type Stage, signInByPassword } from './support.ts';

const patience = { timeout: 30_000, interval: 50 };
const alice = { name: 'Alice Liddell', email: 'alice@example.com' };

let stage: Stage;
let party: RegisteredParty;
let folder: string;
let env: NodeJS.ProcessEnv;
let agent: ChildProcess;

beforeAll(async () => {
  stage = await openStage();
  party = await stage.register('', {
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    device_grant: true,
  });
  folder = await mkdtemp(join(tmpdir(), 'tessera-oidc-agent-'));
  const socket = join(folder, 'socket');
  env = { ...process.env, HOME: folder, OIDC_CONFIG_DIR: folder, OIDC_SOCK: socket };
  agent = spawn('oidc-agent', ['--console', `--socket-path=${socket}`], { env, stdio: 'ignore' });
  await vi.waitFor(() => access(socket), patience);
});
afterAll(async () => {
  if (agent?.exitCode === null) {
    agent.kill();
    await once(agent, 'exit');
  }
  await stage?.close();
  if (folder) await rm(folder, { recursive: true });
});

/** `oidc-gen` adds an account; it prints where the person signs in, and waits for that. */
function startAccount(name: string, flow: 'code' | 'device') {
  const chosen = ['--manual', `--flow=${flow}`, `--issuer=${stage.issuer}`, `--client-id=${party.client.id}`];
  const settings = [`--redirect-uri=${party.origin}`, '--scope=openid profile email offline_access'];
  // No secret, no browser, no question, and a password for the file of the account.
  const quiet = ['--client-secret=', '--no-url-call', '--prompt=none', '--confirm-default', '--pw-cmd=echo secret'];
  const child = spawn('oidc-gen', [...chosen, ...settings, ...quiet, name], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = once(child, 'exit');
  return {
    /** The first text of this form that it prints. */
    printed: (form: RegExp) =>
      vi.waitFor(() => {
        const [, found] = form.exec(output) ?? [];
        if (found === undefined) throw new Error(`oidc-gen prints:\n${output}`);
        return found;
      }, patience),
    async finish(): Promise<void> {
      const [status] = await ended;
      expect(status, output).toBe(0);
    },
  };
}

async function tokenOf(name: string, ...options: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('oidc-token', [...options, name], { env });
  return stdout.trim();
}

async function personOf(token: string): Promise<unknown> {
  const answer = await fetch(`${stage.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
  return answer.json();
}

async function expectTokens(name: string): Promise<void> {
  const first = await tokenOf(name);
  expect(await personOf(first)).toMatchObject(alice);
  expect(await tokenOf(name)).toBe(first);
  const tokens = [first, await tokenOf(name, '--force-new'), await tokenOf(name, '--force-new')];
  expect(new Set(tokens).size).toBe(3);
  expect(await personOf(tokens[2] ?? '')).toMatchObject(alice);
}

it('oidc-agent signs in by the code flow, and gets new access tokens', async () => {
  const page = await stage.openTab();
  // It waits 40 seconds for the person.
  const account = startAccount('by-code', 'code');
  await page.goto(await account.printed(/(http\S+\/auth\?\S+)/));
  await signInByPassword(page);
  await page.getByText('Successfully performed code exchange').waitFor();
  await account.finish();
  await expectTokens('by-code');
});

it('oidc-agent signs in by the device flow, and gets new access tokens', async () => {
  const account = startAccount('by-device', 'device');
  const user_code = await account.printed(/enter the code: (\S+)/);
  const phone = await stage.app.phone('alice');
  await phone.approve(await phone.scan({ user_code }), { user_code_confirmed: true });
  await account.finish();
  await expectTokens('by-device');
});
