// A real redis-server of a test's own: free port, loopback, temporary folder. It can be killed, stopped and
// started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './free-port.ts';

export type RedisServerOptions = {
  /** Writes every command to disk before answering, so that a restart loses nothing. */
  readonly appendOnly?: boolean;
  /** A cluster of one node that owns all slots, and still refuses scripts over several of them. */
  readonly cluster?: boolean;
};

export type RedisServer = {
  readonly url: string;
  readonly port: number;
  /** Of the present process; another one after a restart. */
  readonly pid: number;
  /** Ends the server and removes its folder; safe to call twice. */
  stop(): Promise<void>;
  /** Ends the server as a crash would, and leaves the folder. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder, ending it first if it runs. */
  restart(): Promise<void>;
};

const startTimeoutMs = 10_000;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** @throws Error when the binary is missing or the server does not answer in time. */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'tessera-redis-'));
  const args = await argumentsOf(port, folder, options);
  let child = await launch(args, port, options);

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid ?? 0;
    },
    async stop() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      child = await launch(args, port, options);
    },
  };
}

async function argumentsOf(port: number, dir: string, options: RedisServerOptions): Promise<string[]> {
  const settings: Record<string, string> = { port: String(port), bind: '127.0.0.1', dir, save: '', daemonize: 'no' };
  if (options.appendOnly) Object.assign(settings, { appendonly: 'yes', appendfsync: 'always' });
  if (options.cluster) {
    Object.assign(settings, { 'cluster-enabled': 'yes', 'cluster-port': String(await freePort()) });
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

async function launch(args: string[], port: number, options: RedisServerOptions): Promise<ChildProcess> {
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  let failure: Error | null = null;
  child.once('error', (error) => {
    failure = new Error(`redis-server cannot be run; is it installed? ${error.message}`);
  });
  child.once('exit', () => running.delete(child));
  running.add(child);

  const deadline = Date.now() + startTimeoutMs;
  if (options.cluster)
    await until(() => ask(port, 'CLUSTER ADDSLOTSRANGE 0 16383'), /^(\+OK|-ERR Slot 0 is already busy)/);
  await until(
    () => ask(port, options.cluster ? 'CLUSTER INFO' : 'PING'),
    options.cluster ? /cluster_state:ok/ : /^\+PONG/,
  );
  return child;

  async function until(look: () => Promise<string>, expected: RegExp): Promise<void> {
    for (;;) {
      if (failure) throw failure;
      if (child.exitCode !== null) throw new Error(`redis-server ended at once:\n${output}`);
      if (expected.test(await look())) return;
      if (Date.now() > deadline) throw new Error(`redis-server does not answer on port ${port}:\n${output}`);
      await setTimeout(10);
    }
  }
}

/** One command over a socket of its own; the start of the answer, or nothing when the server is not there. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    const settle = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => settle(data.toString()));
    socket.once('error', () => settle(''));
    socket.once('close', () => resolve(''));
  });
}
