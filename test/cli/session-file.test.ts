// Where a sign-in is kept on somebody's machine: whole or not at all, and for nobody else's eyes.
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newKey } from '../../src/cli/remote/session.ts';
import { type KeptSession, keptIssuers, sessionFile } from '../../src/cli/remote/session-file.ts';

const issuer = 'https://id.example.com';
let home: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tessera-config-'));
  env = { XDG_CONFIG_HOME: home };
});
afterEach(() => rm(home, { recursive: true, force: true }));

const kept = async (change: Partial<KeptSession> = {}): Promise<KeptSession> => ({
  version: 1,
  issuer,
  key: await newKey(),
  accessToken: 'a',
  accessExpiresAt: 1000,
  refreshToken: 'r',
  scope: 'clients:read',
  ...change,
});
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('the file of a sign-in', () => {
  it('exists once per provider in the configuration folder, is readable by its owner only, and keeps what was written', async () => {
    const file = sessionFile(issuer, env);
    expect(file.path).toBe(join(home, 'tessera', 'id.example.com.json'));
    expect(sessionFile('http://localhost:3000', env).path).toBe(join(home, 'tessera', 'localhost_3000.json'));
    expect(sessionFile(issuer, { HOME: '/home/alice', XDG_CONFIG_HOME: 'relative' }).path).toBe(
      '/home/alice/.config/tessera/id.example.com.json',
    );
    expect(await file.read()).toBeNull();
    const session = await kept();
    await file.write(session);
    expect(await modeOf(file.path)).toBe('600');
    expect(await modeOf(join(home, 'tessera'))).toBe('700');
    expect(await file.read()).toEqual(session);
    expect(await keptIssuers(env)).toEqual([issuer]);
    await file.remove();
    expect(await file.read()).toBeNull();
    expect(await readdir(join(home, 'tessera'))).toEqual([]);
  });

  it.each([0o644, 0o640, 0o604, 0o622])(
    'is refused when others can reach it (%o), though it can still be revoked',
    async (mode) => {
      const file = sessionFile(issuer, env);
      const session = await kept();
      await file.write(session);
      await chmod(file.path, mode);
      await expect(file.read()).rejects.toMatchObject({ code: 'session_file_unsafe' });
      expect(await file.readToRevoke()).toEqual(session);
      await file.write(session);
      expect(await modeOf(file.path)).toBe('600');
    },
  );

  it('is refused when it is a link, damaged, or belongs to another provider', async () => {
    const file = sessionFile(issuer, env);
    await file.write(await kept({ issuer: 'http://id.example.com' }));
    expect(await file.read()).toBeNull();
    await writeFile(file.path, '{"version":1');
    await expect(file.read()).rejects.toMatchObject({ code: 'session_file_broken' });
    await file.remove();
    await writeFile(join(home, 'elsewhere'), '{}', { mode: 0o600 });
    await symlink(join(home, 'elsewhere'), file.path);
    await expect(file.read()).rejects.toMatchObject({ code: 'session_file_unsafe' });
    await file.write(await kept());
    expect(await readFile(join(home, 'elsewhere'), 'utf8')).toBe('{}');
  });

  it('is complete at every moment during parallel writes', async () => {
    const file = sessionFile(issuer, env);
    await file.write(await kept());
    const long = 'x'.repeat(100_000);
    let isWriting = true;
    const writers = Promise.all(
      Array.from({ length: 20 }, async (_, i) => file.write(await kept({ accessToken: `${i}${long}` }))),
    ).finally(() => (isWriting = false));
    while (isWriting) expect(await file.read()).toMatchObject({ issuer });
    await writers;
    expect(await readdir(join(home, 'tessera'))).toEqual(['id.example.com.json']);
  });

  it('lets one process work at a time, and takes over an abandoned lock', async () => {
    const file = sessionFile(issuer, env);
    let inside = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++inside);
      await file.write(await kept());
      inside--;
    };
    await Promise.all(Array.from({ length: 10 }, () => file.withLock(work)));
    expect(most).toBe(1);
    await expect(file.withLock(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await writeFile(`${file.path}.lock`, '');
    await utimes(`${file.path}.lock`, new Date(0), new Date(0));
    expect(await file.withLock(async () => 'done')).toBe('done');
  });
});
