// The provider as its own process, to be killed and restarted, alone or as several nodes behind one address.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

export type Node = Awaited<ReturnType<typeof startNode>>;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The same on every node of a test. */
export const testSecrets = {
  TESSERA_COOKIE_KEYS: 'a-cookie-key-for-tests-only-0123456789',
  TESSERA_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64url'),
};

type NodeSettings = {
  readonly port: number;
  readonly issuer: string;
  readonly env: Record<string, string>;
  /** Another program than the provider's own, over the same settings. */
  readonly program?: string;
};

/**
 * Starts `src/main.ts` and waits until it is ready. `issuer` may be another address, in front of several
 * nodes.
 */
export async function startNode(settings: NodeSettings) {
  const child = spawn(process.execPath, [settings.program ?? 'src/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      ...testSecrets,
      TESSERA_CONFIG: 'config/development.yaml',
      TESSERA_ISSUER: settings.issuer,
      TESSERA_HTTP_PORT: String(settings.port),
      TESSERA_DEMO_RELYING_PARTY_ENABLED: 'false',
      TESSERA_LOG_LEVEL: 'warn',
      ...settings.env,
    },
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  await untilReady(child, settings.port, () => output);
  return {
    port: settings.port,
    output: () => output,
    /** To a program that listens for it. @returns what it answers. */
    async tell(message: object): Promise<unknown> {
      const answered = once(child, 'message');
      child.send(message);
      const [answer] = await answered;
      return answer;
    },
    kill: () => end(child, 'SIGKILL'),
    /** @returns the exit code. */
    stop: () => end(child, 'SIGTERM'),
    /** Sends SIGTERM without waiting. */
    terminate: () => child.kill('SIGTERM'),
  };
}

async function untilReady(child: ChildProcess, port: number, output: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${output()}`);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill(signal);
  });
}

/** One address before several nodes: each connection goes to the next, as a plain TCP balancer does. */
export async function startBalancer(port: number, targets: readonly number[]): Promise<{ close(): Promise<void> }> {
  let next = 0;
  const open = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(targets[next++ % targets.length] ?? 0, '127.0.0.1');
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
