// A snippet of the console, run as it stands: written to a folder of its own with the packages it imports,
// and with the secret put in. What a snippet builds on but is not about (a web framework) is stood in for
// by a few lines.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Client } from '../../src/core/client/client.ts';
import { type LibraryId, placeholderSecret } from '../../src/http/console/clients/libraries.ts';
import { createSnippets } from '../../src/http/console/clients/snippets.ts';
import type { VirtualPhone } from './virtual-phone.ts';
import { createWaitingBrowser } from './waiting-browser.ts';

const packages = join(import.meta.dirname, '../../node_modules');
export const snippetScope = 'openid profile email';

/** As the console shows them. */
export const snippetFiles = (issuer: string, library: LibraryId, client: Client, scope = snippetScope) =>
  createSnippets({ issuer }).files(library, client, scope);

export type WrittenSnippet = Awaited<ReturnType<typeof writeSnippet>>;

/** @param standIns package names with the one module each that stands in for them */
export async function writeSnippet(
  issuer: string,
  library: LibraryId,
  { client, secret }: { client: Client; secret: string | null },
  standIns: Readonly<Record<string, string>> = {},
  scope = snippetScope,
) {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-snippet-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  for (const name of ['openid-client', 'passport', 'oidc-client-ts', '@auth', 'jose', 'oauth4webapi'])
    await symlink(join(packages, name), join(modules, name));
  for (const [name, text] of Object.entries(standIns)) {
    await mkdir(join(modules, name));
    await writeFile(join(modules, name, 'package.json'), '{"type":"module","exports":"./index.js"}');
    await writeFile(join(modules, name, 'index.js'), text);
  }
  for (const { name, text } of snippetFiles(issuer, library, client, scope)) {
    await mkdir(join(folder, dirname(name)), { recursive: true });
    await writeFile(join(folder, name), text.replaceAll(placeholderSecret, secret ?? ''));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs a program in the snippet's folder until `origin` answers. */
export async function startSnippet({ folder }: WrittenSnippet, origin: string, [program = '', ...args]: string[]) {
  const env = { ...process.env, SESSION_SECRET: 'only for this test', NODE_NO_WARNINGS: '1' };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  const isUp = async () => fetch(`${origin}/none`, { redirect: 'manual' }).then(Boolean, () => false);
  while (!(await isUp())) {
    if (child.exitCode !== null) throw new Error(`the snippet ended:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { output: () => output, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

/**
 * A browser at a relying party, walking by links: one jar of cookies, no redirect followed. Not fetch(),
 * which says that it is a script.
 */
export function createJar() {
  const cookies = new Map<string, string>();
  return async (url: string | URL): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
    const headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate', ...(cookie && { cookie }) };
    const [message] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
    for (const line of message.headers['set-cookie'] ?? []) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const kept = Object.entries(message.headers).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    const body = Buffer.concat(await message.toArray());
    return new Response(body, { status: message.statusCode ?? 0, headers: kept });
  };
}

/** From an authorization request to where the relying party gets its code, by QR. */
export async function approveAt(issuer: string, phone: VirtualPhone, location: string): Promise<URL> {
  const browser = createWaitingBrowser(issuer);
  const started = await browser.request(location);
  const base = started.headers.get('location') ?? '';
  if (!base.startsWith('/interaction/')) throw new Error(`no sign-in page: ${started.status} ${base} ${started.text}`);
  await browser.request(base, { headers: { accept: 'text/html' } });
  const { qr } = (await browser.json('GET', `${base}/ticket`)).json();
  const code = await phone.approve(await phone.scan({ qr: String(qr) }));
  const finished = await browser.json('POST', `${base}/finish`, code === null ? {} : { confirmation_code: code });
  return browser.follow(String(finished.json().location));
}
