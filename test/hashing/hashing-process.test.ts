// The child process that hashes passwords: same results as in this process, lower priority, nothing lost
// when it dies.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { createPasswords } from '../../src/core/account/password.ts';
import { hashHere } from '../../src/hashing/hash-here.ts';
import { createHashingProcess, type HashingProcess } from '../../src/hashing/hashing-process.ts';

const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const password = 'four words make a sentence 🍮';
/** Long enough that it is certainly not done when the test acts. */
const dear = { ...options, timeCost: 20 };

const source = new URL('../../src/hashing/hashing-process.ts', import.meta.url).href;
const opened: HashingProcess[] = [];
const open = () => {
  const hashing = createHashingProcess(2);
  opened.push(hashing);
  return hashing;
};
afterEach(() => {
  for (const hashing of opened.splice(0)) hashing.close();
});

const pidOf = (hashing: HashingProcess): number => hashing.pid() ?? expect.fail('no process was begun');
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the process that hashes passwords', () => {
  it('D1 hashes and verifies like hashHere', async () => {
    const hashing = open();
    const there = await hashing.hash(password, options);
    expect(there).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(await hashHere.verify(there, password)).toBe(true);
    const here = await hashHere.hash(password, options);
    expect(await hashing.verify(here, password)).toBe(true);
    expect(await hashing.verify(here, `${password}!`)).toBe(false);
  });

  it('returns the right answer to each of many concurrent requests', async () => {
    const hashing = open();
    const passwords = Array.from({ length: 20 }, () => randomBytes(12).toString('base64url'));
    const hashes = await Promise.all(passwords.map((each) => hashing.hash(each, options)));
    const verified = hashes.flatMap((stored, i) => [
      hashing.verify(stored, passwords[i] ?? ''),
      hashing.verify(stored, passwords[(i + 1) % 20] ?? ''),
    ]);
    expect(await Promise.all(verified)).toEqual(Array.from({ length: 20 }, () => [true, false]).flat());
  });

  it('starts with the first password and runs all its threads at a low priority', async () => {
    const hashing = open();
    expect(hashing.pid()).toBeNull();
    await hashing.hash(password, options);
    const pid = pidOf(hashing);
    const wanted = constants.priority.PRIORITY_LOW;
    expect(getPriority(pid)).toBe(wanted);
    const threads = readdirSync(`/proc/${pid}/task`).map(Number);
    const standingBack = threads.filter((thread) => getPriority(thread) === wanted);
    // The main thread and those that compute; what the engine had begun before is idle then.
    expect(standingBack.length).toBeGreaterThanOrEqual(3);
  });

  it('does not inherit our secrets', async () => {
    process.env.TESSERA_TEST_SECRET = 'only a test';
    try {
      const hashing = open();
      await hashing.hash(password, options);
      const environment = await readFile(`/proc/${pidOf(hashing)}/environ`, 'utf8');
      expect(environment).toContain('UV_THREADPOOL_SIZE=2');
      expect(environment).not.toContain('TESSERA_');
    } finally {
      delete process.env.TESSERA_TEST_SECRET;
    }
  });

  it('reports an invalid stored hash and continues', async () => {
    const hashing = open();
    await expect(hashing.verify('not a hash', password)).rejects.toThrow();
    expect(await hashing.hash(password, options)).toContain('$argon2id$');
  });

  it('repeats unfinished hashes when it is killed', async () => {
    const hashing = open();
    const begun = [hashing.hash(password, dear), hashing.hash('another', dear), hashing.hash('a third', dear)];
    const pid = pidOf(hashing);
    process.kill(pid, 'SIGKILL');
    for (const stored of await Promise.all(begun)) expect(stored).toContain('t=20');
    expect(pidOf(hashing)).not.toBe(pid);
  });

  it('rejects a hash after the second kill and serves the next one', async () => {
    const hashing = open();
    const refused = expect(hashing.hash(password, dear)).rejects.toThrow('died');
    const first = pidOf(hashing);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => hashing.pid()).not.toBe(first);
    process.kill(pidOf(hashing), 'SIGKILL');
    await refused;
    expect(await hashing.hash(password, options)).toContain('$argon2id$');
  });

  it('ignores the signals of a terminal and ends with close()', async () => {
    const hashing = open();
    await hashing.hash(password, options);
    const pid = pidOf(hashing);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid, signal);
    expect(await hashing.hash(password, options)).toContain('$argon2id$');
    expect(pidOf(hashing)).toBe(pid);
    const left = expect(hashing.hash(password, dear)).rejects.toThrow('stops');
    hashing.close();
    await left;
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('D4 verifies the next password after the first one killed it', async () => {
    const hashing = open();
    const settings = {
      argon2_memory_kib: dear.memoryCost,
      argon2_passes: dear.timeCost,
      argon2_parallelism: 1,
      argon2_concurrency: 2,
      argon2_queue: 8,
    };
    const passwords = createPasswords(settings, hashing);
    const refused = expect(passwords.verify(null, password)).rejects.toThrow('died');
    const first = pidOf(hashing);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => hashing.pid()).not.toBe(first);
    process.kill(pidOf(hashing), 'SIGKILL');
    await refused;
    expect(await passwords.verify(await hashHere.hash(password, options), password)).toBe(true);
  });

  /**
   * What a process prints that has nothing else to do than hash one password, where each process runs this
   * before anything else.
   */
  async function hashWhere(preload: string): Promise<string> {
    const script = `
      import { createHashingProcess } from ${JSON.stringify(source)};
      const hashing = createHashingProcess(2);
      console.log(await hashing.hash('a password', ${JSON.stringify(options)}).catch((error) => error.message));`;
    const env = { ...process.env, NODE_OPTIONS: `--import="data:text/javascript,${encodeURIComponent(preload)}"` };
    return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })).stdout;
  }

  it('hashes at the normal priority when the system forbids another one', async () => {
    const forbid = `
      import os from 'node:os';
      import { syncBuiltinESMExports } from 'node:module';
      os.setPriority = () => { throw new Error('EPERM'); };
      syncBuiltinESMExports();`;
    expect(await hashWhere(forbid)).toContain('$argon2id$');
  });

  it('keeps its parent alive until its exit is known', async () => {
    const die = `if (process.argv[1]?.endsWith('/child.ts')) process.exit(1);`;
    expect(await hashWhere(die)).toContain('died');
  });

  it('I4 does not prevent sign-ins when it cannot be started', async () => {
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { createHashingProcess } from ${JSON.stringify(source)};
      const hashing = createHashingProcess(2);
      const say = (name) => [() => console.log(name, 'made', hashing.pid() !== null), (error) => console.log(name, error.message)];
      const full = [];
      try { for (;;) full.push(openSync('/dev/null')); } catch {}
      await hashing.hash('a password', ${JSON.stringify(options)}).then(...say('first'));
      await new Promise((resolve) => setImmediate(resolve));
      for (const each of full) closeSync(each);
      await hashing.hash('a password', ${JSON.stringify(options)}).then(...say('second'));
      hashing.close();`;
    const limited = ['-c', 'ulimit -n 100; exec "$0" --input-type=module -e "$1"', process.execPath, script];
    const { stdout } = await promisify(execFile)('sh', limited);
    expect(stdout).toBe('first made false\nsecond made true\n');
  });
});
