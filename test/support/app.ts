// A whole provider on a free port for HTTP tests: development configuration, its own store, a clock that
// tests can move.

import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parse as parseYaml } from 'yaml';
import { openApp } from '../../src/app.ts';
import { parse } from '../../src/config/config.ts';
import { createSecrets } from '../../src/config/secrets.ts';
import { startTeaHouse } from '../../src/demo/tea-house.ts';
import { hashHere } from '../../src/hashing/hash-here.ts';
import { createLog } from '../../src/log.ts';
import { freePort } from './free-port.ts';
import { createVirtualPhone, type VirtualPhone } from './virtual-phone.ts';

export type TestApp = Awaited<ReturnType<typeof startApp>>;

/** The demo relying party beside a test's provider, on a port of its own. */
export async function startDemo(change: Record<string, unknown> = {}) {
  const port = await freePort();
  const file = parseYaml(await readFile(new URL('../../config/development.yaml', import.meta.url), 'utf8'));
  const move = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll('localhost:3001', `localhost:${port}`));
  const app = await startApp({ clients: move(file.clients), ...change });
  const teaHouse = await startTeaHouse({
    issuer: app.issuer,
    port,
    clientId: 'tea-house',
    cellarClientId: 'tea-cellar',
    tvClientId: 'tea-house-tv',
    allowInsecure: true,
  });
  return {
    ...app,
    teaHouse: teaHouse.url,
    async stop() {
      await teaHouse.close();
      await app.stop();
    },
  };
}

/**
 * @param change merged over config/development.yaml, one level deep; `store` defaults to a fresh SQLite
 * file.
 */
export async function startApp(change: Record<string, unknown> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-test-'));
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const file = parseYaml(await readFile(new URL('../../config/development.yaml', import.meta.url), 'utf8'));
  const base = {
    ...file,
    issuer,
    http: { ...file.http, port },
    store: { kind: 'sqlite', path: join(folder, 'tessera.sqlite') },
    demo: { ...file.demo, relying_party: { ...file.demo.relying_party, enabled: false } },
  };
  const http = { ...base.http, ...(change.http as object | undefined) };
  const config = parse({ ...base, ...change, http }, {});
  const time = { shiftSeconds: 0 };
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const secrets = createSecrets({ cookieKeys: [randomBytes(32).toString('hex')], encryptionKey: randomBytes(32) });
  const open = () =>
    openApp({
      config,
      secrets,
      // Passwords are hashed in this process: a hashing process for each of hundreds of providers would take
      // longer to start than all hashes. hashing/hashing-process.test.ts tests the separate process.
      hashing: hashHere,
      clock: () => Math.floor(Date.now() / 1000) + time.shiftSeconds,
      log: createLog({ ...config, destination }),
    });
  const app = await open();
  await app.listen();
  return {
    ...app,
    issuer,
    config,
    folder,
    time,
    /** The same provider in another process, so to speak: not listening, and closed by its caller. */
    openAgain: open,
    logText: () => lines.join(''),
    /** A phone signed in as one of the demo accounts. */
    async phone(username = 'alice'): Promise<VirtualPhone> {
      const phone = createVirtualPhone({ issuer });
      await phone.signIn(username, `tessera-demo-${username}`);
      return phone;
    },
    async stop() {
      await app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
