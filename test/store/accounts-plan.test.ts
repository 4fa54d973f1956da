// The query plans of SQLite for lists of accounts and of what belongs to them: every query uses an index.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccountStore } from '../../src/store/sqlite/account-store.ts';
import { createAddressKeeping } from '../../src/store/sqlite/address-keeping.ts';
import { createApprovalStore } from '../../src/store/sqlite/approval-store.ts';
import { createArtifactStore } from '../../src/store/sqlite/artifact-store.ts';
import { createAuditStore } from '../../src/store/sqlite/audit-store.ts';
import { type Database, openDatabase } from '../../src/store/sqlite/database.ts';
import { createDeviceStore } from '../../src/store/sqlite/device-store.ts';
import { createClock } from './conformance/fixture.ts';
import { buildAccount } from './records.ts';

let folder: string;
let database: Database;
let steps: string[] = [];

/** The same database; every statement read is explained first. */
function explained(): Database {
  const explain = (sql: string, values: Parameters<Database['get']>[1][]) =>
    steps.push(...database.all(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => String(detail)));
  return {
    ...database,
    get(sql, ...values) {
      explain(sql, values);
      return database.get(sql, ...values);
    },
    all(sql, ...values) {
      explain(sql, values);
      return database.all(sql, ...values);
    },
  };
}

const stepsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
  steps = [];
  await work();
  return steps;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-plan-'));
  database = openDatabase(join(folder, 'tessera.db'));
  const accounts = createAccountStore(database);
  for (let i = 0; i < 200; i++) {
    const names = { displayName: `Person ${i % 7}`, email: `person${i}@example.com` };
    await accounts.create({ ...buildAccount(`person${i}`), ...names, roles: i < 3 ? ['administrator'] : [] });
  }
  database.run('ANALYZE');
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true, force: true });
});

describe('SQLite reads accounts', () => {
  const clock = createClock();
  const isIndexed = (step: string) => /^SEARCH .* USING (COVERING )?(INDEX|PRIMARY KEY)/.test(step);

  it.each([
    ['all', {}],
    ['all, later', { after: 'person3' }],
    ['those that begin so', { search: 'person1' }],
    ['those that begin so, later', { search: 'p', after: 'person 3\u0000x' }],
  ])('%s: by an index and in its order', async (_what, page) => {
    const plan = await stepsOf(() => createAccountStore(explained()).page({ ...page, limit: 25 }));
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter((step) => !isIndexed(step) && !step.startsWith('CORRELATED'))).toEqual([]);
  });

  it('with a role by the index of roles only', async () => {
    const [first] = (await createAccountStore(database).page({ search: 'person0', limit: 1 })).accounts;
    if (!first) throw new Error('it was put there');
    const store = createAccountStore(explained());
    const plan = await stepsOf(() => store.updateInTurn(first.id, (account) => account));
    expect(plan.join('\n')).toContain('SEARCH account_roles USING PRIMARY KEY (role=?)');
    expect(plan.filter((step) => !isIndexed(step))).toEqual([]);
  });

  it('with their approvals and devices: by account id', async () => {
    const own = explained();
    const addresses = createAddressKeeping({ clock, keptSeconds: 90 * 86_400 });
    const plan = await stepsOf(() =>
      Promise.all([
        createArtifactStore(own, clock).listByOwner('Grant', 'owner', 50),
        createArtifactStore(own, clock).listByGrant('RefreshToken', 'grant', 20),
        createApprovalStore(own, clock, addresses).listByAccount('account', 50),
        createDeviceStore(own).listByAccount('account'),
        createAuditStore(own, clock, addresses).query({ accountId: 'account', limit: 20 }),
      ]),
    );
    expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([]);
    for (const index of ['artifacts_owner', 'artifacts_grant', 'approvals_account', 'devices_account', 'audit_account'])
      expect(plan.join('\n')).toContain(index);
  });
});
