// Clients of the configuration in SQLite, and what a start of the provider does with them. Redis:
// apply-redis.test.ts.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApp } from '../../../src/app.ts';
import { parse } from '../../../src/config/config.ts';
import { createSecrets } from '../../../src/config/secrets.ts';
import { createLog } from '../../../src/log.ts';
import { openInMemory } from '../../store/conformance/in-memory.ts';
import { describeAppliedClients, web } from './apply-cases.ts';

describeAppliedClients('SQLite', openInMemory);

describe('a start of the provider', () => {
  it('applies them, and a later start without them disables them if pruning is on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tessera-apply-'));
    const secrets = createSecrets({ cookieKeys: ['k'.repeat(32)], encryptionKey: Buffer.alloc(32, 7) });
    const base = { issuer: 'https://id.example', store: { kind: 'sqlite', path: join(folder, 'db.sqlite') } };
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const start = (change: Record<string, unknown>) => {
      const config = parse({ ...base, ...change }, {});
      return openApp({ config, secrets, log: createLog({ ...config, destination }) });
    };
    const node = await start({ clients: [web] });
    expect((await node.clients.page({ limit: 10 })).clients).toMatchObject([{ id: 'web', source: 'configuration' }]);
    expect(lines.join('')).toMatch(/"created":\["web"\].*"msg":"clients applied"/);
    const kept = await start({});
    expect(await kept.clients.find('web')).toMatchObject({ source: 'configuration', revision: 1 });
    const pruning = await start({ clients_prune: true });
    expect(await pruning.clients.find('web')).toBeNull();
    expect(await kept.clients.find('web')).toBeNull();
    // What a node has in its own files counts there until it starts again.
    expect(await node.clients.find('web')).not.toBeNull();
    await Promise.all([node, kept, pruning].map((each) => each.close()));
    await rm(folder, { recursive: true });
  });
});
