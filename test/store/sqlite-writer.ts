// A thread that writes to a SQLite file other threads write to at the same time; run by sqlite.test.ts,
// which says when to start.
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { Client } from '../../src/core/client/client.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';

type Work = { path: string; client: Client; code: Artifact; rounds: number };
const { path, client, code, rounds } = workerData as Work;

const store = await openSqliteStore({ path, clock: () => 1 });
if (!parentPort) throw new Error('this is a worker thread');
parentPort.postMessage('ready');
await once(parentPort, 'message');

let consumed = 0;
for (let round = 0; round < rounds; round++) {
  await store.limits.add('key', 1, 60, 1);
  await store.clients.update(client.id, (current) => ({ ...current, updatedAt: current.updatedAt + 1 }));
  if (await store.artifacts.consume(code.model, code.id, 1)) consumed += 1;
}
await store.close();
parentPort.postMessage(consumed);
parentPort.close();
