// `tessera` as somebody at another machine runs it: a process of its own, with a home folder of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../..');
export type OtherMachine = Awaited<ReturnType<typeof openOtherMachine>>;

export async function openOtherMachine() {
  const home = await mkdtemp(join(tmpdir(), 'tessera-home-'));
  const { XDG_CONFIG_HOME: _config, TESSERA_REMOTE: _remote, ...environment } = process.env;
  // Whatever would use this machine's own store finds none.
  const env = { ...environment, HOME: home, TESSERA_CONFIG: join(home, 'no-such-file.yaml') };
  const running = new Set<ChildProcess>();

  return {
    home,

    /** Runs to its end. */
    tessera(args: readonly string[], more: Record<string, string> = {}) {
      return new Promise<{ code: number; out: string; err: string }>((resolve) => {
        const options = { cwd: root, env: { ...env, ...more } };
        execFile(process.execPath, ['src/cli.ts', ...args], options, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), out, err }),
        );
      });
    },

    /** Goes on while the test does. */
    start(args: readonly string[]) {
      const child = spawn(process.execPath, ['src/cli.ts', ...args], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.add(child);
      const shown = { out: '', err: '' };
      child.stdout.on('data', (chunk) => (shown.out += chunk));
      child.stderr.on('data', (chunk) => (shown.err += chunk));
      const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
      return {
        shown,
        ended,
        interrupt: () => child.kill('SIGINT'),
        async until(text: string | RegExp): Promise<string> {
          await expect.poll(() => shown.out + shown.err).toMatch(text);
          return shown.out;
        },
      };
    },

    async close() {
      for (const child of running) child.kill('SIGKILL');
      await rm(home, { recursive: true, force: true });
    },
  };
}
