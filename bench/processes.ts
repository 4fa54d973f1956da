// Starts the servers under measurement, each as its own process: Tessera as `npm start` runs it, and the
// baselines.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/free-port.ts';

export type Served = { readonly port: number; readonly issuer: string; readonly pid: number; stop(): Promise<void> };
export type Tessera = Served & { restart(): Promise<void> };

const root = fileURLToPath(new URL('..', import.meta.url));
const limits = [
  'TICKET_CREATIONS_PER_MINUTE',
  'TICKET_CREATIONS_PER_CLIENT_PER_MINUTE',
  'CLAIMS_PER_DEVICE_PER_MINUTE',
  'CLAIMS_PER_ADDRESS_PER_MINUTE',
  'AUTHORIZATIONS_PER_MINUTE',
  'TOKEN_REQUESTS_PER_MINUTE',
];
/** When set, every server writes a profile to this folder: BENCH_PROFILE=/some/folder npm run bench. */
const profileFolder = process.env.BENCH_PROFILE;

/**
 * Starts one Tessera process with the development configuration and very high limits.
 * @param env further settings
 */
export async function startTessera(env: Record<string, string> = {}): Promise<Tessera> {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-bench-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const settings = {
    TESSERA_HTTP_PORT: String(port),
    TESSERA_ISSUER: issuer,
    TESSERA_HTTP_HOST: '127.0.0.1',
    TESSERA_LOG_LEVEL: 'silent',
    ...(!env.TESSERA_STORE_KIND && { TESSERA_STORE_PATH: join(folder, 'tessera.sqlite') }),
    TESSERA_DEMO_RELYING_PARTY_ENABLED: 'false',
    TESSERA_COOKIE_KEYS: randomBytes(32).toString('base64url'),
    TESSERA_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
    ...Object.fromEntries(limits.map((name) => [`TESSERA_LIMITS_${name}`, '1000000'])),
    ...env,
  };
  const start = async (): Promise<ChildProcess> => {
    const started = startNode(['src/main.ts', '--config', 'config/development.yaml'], settings);
    await reachable(port, started);
    return started;
  };
  let child = await start();
  return {
    port,
    issuer,
    get pid() {
      return child.pid ?? 0;
    },
    async restart() {
      await end(child);
      child = await start();
    },
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a script of this folder, which takes its port as argument. */
export async function startBare(script: string): Promise<Served> {
  const port = await freePort();
  const child = startNode([`bench/${script}`, String(port)], {});
  await reachable(port, child);
  return { port, issuer: `http://localhost:${port}`, pid: child.pid ?? 0, stop: () => end(child) };
}

/** Starts through bash, which can raise the limit of open sockets, and with garbage collection on demand. */
export function startNode(args: string[], env: Record<string, string>): ChildProcess {
  const profile = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  const collect = ['--expose-gc', '--import', './bench/collect.ts'];
  const command = 'ulimit -n $(ulimit -Hn); exec "$0" "$@"';
  return spawn('bash', ['-c', command, process.execPath, ...collect, ...profile, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

async function reachable(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    if (await fetch(`http://localhost:${port}/healthz`).catch(() => null)) return;
    await setTimeout(50);
  }
}

/** Returns the processor seconds used so far, from /proc (Linux). */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Returns the resident memory in bytes, from /proc (Linux). */
export async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}
