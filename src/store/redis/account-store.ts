// AccountStore over Redis. A username belongs to the account that its pointer names, and a pointer is set
// once. Sorted sets ordered by bytes index usernames, search terms and roles. An entry counts only while
// the record agrees.
import type { Account, Role } from '../../core/account/account.ts';
import {
  type AccountStore,
  accountTerms,
  hasEmail,
  isEnabledAdministrator,
  readAccount,
  rolesOf,
  type StoredAccount,
  searchTerm,
} from '../../core/account/account-store.ts';
import type { Connection } from './connection.ts';
import { changeDocument, keyCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { inTurn } from './turn.ts';

/**
 * How often a page reads on when entries are stale. An account has at most three terms, so without stale
 * entries this many reads fill a page or reach the end.
 */
const maxLooks = 4;
/** Entries of one role or term that are read at once. */
const holderBatch = 20;

export function createAccountStore({ connection, keys }: { connection: Connection; keys: Keys }): AccountStore {
  const { run } = connection;

  async function find(id: string): Promise<Account | null> {
    const stored = parseDocument<StoredAccount>(await run((redis) => redis.get(keys.account(id))));
    return stored && readAccount(stored);
  }

  /** Every index entry of an account: the key of the index, and the member. */
  const entriesOf = (account: Account): [key: string, member: string][] => [
    [keys.accountUsernames, `${account.username}\u0000${account.id}`],
    ...rolesOf(account).map((role): [string, string] => [keys.accountRoles, `${role}\u0000${account.id}`]),
    ...accountTerms(account).map((term): [string, string] => [keys.accountTerms, `${term}\u0000${account.id}`]),
  ];

  /** Writes all entries, also the unchanged ones: one that a crash lost comes back with the next change. */
  async function addEntries(account: Account): Promise<Set<string>> {
    const entries = entriesOf(account);
    await run((redis) => Promise.all(entries.map(([key, member]) => redis.zadd(key, 0, member))));
    return new Set(entries.map(([, member]) => member));
  }

  async function moveEntries(before: Account, after: Account): Promise<void> {
    const kept = await addEntries(after);
    const old = entriesOf(before).filter(([, member]) => !kept.has(member));
    if (old.length === 0) return;
    await run((redis) => Promise.all(old.map(([key, member]) => redis.zrem(key, member))));
    // Another change may meanwhile have restored a term that was just removed. Writing the entries again
    // repairs it.
    const present = await find(after.id);
    if (present) await addEntries(present);
  }

  /**
   * Loads the account of an entry. Null for a stale entry, and when an earlier entry lists the same
   * account.
   */
  async function load(member: string, from: string): Promise<Account | null> {
    const [term, id = ''] = member.split('\u0000');
    const account = await find(id);
    if (!account) return null;
    const terms = from === '' ? [account.username] : accountTerms(account).filter((each) => each.startsWith(from));
    // The index is ordered by bytes, JavaScript compares by UTF-16 units.
    const [first] = terms.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return first === term ? account : null;
  }

  async function update(id: string, change: (account: Account) => Account): Promise<Account | null> {
    const cell = keyCell(connection, keys.account(id));
    const { before, after } = await changeDocument<StoredAccount>(
      cell,
      (current) => current && change(readAccount(current)),
    );
    if (!before || !after) return null;
    const account = readAccount(after);
    await moveEntries(readAccount(before), account);
    return account;
  }

  /** Counts the holders of a role that `isSought` accepts, verified by their records; stops at `max`. */
  async function countSome(role: Role, max: number, isSought: (account: Account) => boolean): Promise<number> {
    let count = 0;
    for (let from = `[${role}\u0000`; ; ) {
      const entries = await run((redis) =>
        redis.zrangebylex(keys.accountRoles, from, `(${role}\u0001`, 'LIMIT', 0, holderBatch),
      );
      const accounts = await Promise.all(entries.map((entry) => find(entry.slice(role.length + 1))));
      count += accounts.filter((account) => account?.roles.includes(role) && isSought(account)).length;
      if (count >= max || entries.length < holderBatch) return Math.min(count, max);
      from = `(${entries.at(-1)}`;
    }
  }

  const isSome = async (role: Role, isSought: (account: Account) => boolean): Promise<boolean> =>
    (await countSome(role, 1, isSought)) > 0;

  return {
    async create(account) {
      const key = keys.account(account.id);
      if (!(await run((redis) => redis.setnx(key, JSON.stringify(account))))) return false;
      // The record comes first: a crash in between leaves one that nobody can find, never a username that
      // nobody can have.
      if (await run((redis) => redis.setnx(keys.accountByUsername(account.username), account.id))) {
        await addEntries(readAccount(account));
        return true;
      }
      await run((redis) => redis.del(key));
      return false;
    },
    find,
    async findByUsername(username) {
      const id = await run((redis) => redis.get(keys.accountByUsername(username)));
      const account = id === null ? null : await find(id);
      return account?.username === username ? account : null;
    },
    async findByEmail(email) {
      const term = searchTerm(email);
      const found: Account[] = [];
      for (let from = `[${term}\u0000`; ; ) {
        const entries = await run((redis) =>
          redis.zrangebylex(keys.accountTerms, from, `(${term}\u0001`, 'LIMIT', 0, holderBatch),
        );
        const accounts = await Promise.all(entries.map((entry) => find(entry.slice(entry.indexOf('\u0000') + 1))));
        found.push(...accounts.filter(hasEmail(email)));
        if (entries.length < holderBatch) return found;
        from = `(${entries.at(-1)}`;
      }
    },
    async delete(id) {
      const stored = parseDocument<StoredAccount>(await run((redis) => redis.getdel(keys.account(id))));
      if (!stored) return false;
      const account = readAccount(stored);
      await run((redis) => redis.deleteIf(keys.accountByUsername(account.username), id));
      await run((redis) => Promise.all(entriesOf(account).map(([key, member]) => redis.zrem(key, member))));
      return true;
    },
    update,
    // The rule about the last administrator covers several records, so such changes run one at a time.
    updateInTurn: (id, change) =>
      inTurn(connection, keys.administratorTurn, async (assertMine) => {
        const hasOther = await isSome('administrator', (each) => each.id !== id && isEnabledAdministrator(each));
        return update(id, (current) => {
          assertMine();
          return change(current, hasOther);
        });
      }),
    countAdministrators: (max) => countSome('administrator', max, isEnabledAdministrator),
    hasRole: (role) => isSome(role, () => true),
    async page({ search = '', after, limit }) {
      const from = searchTerm(search);
      const key = from === '' ? keys.accountUsernames : keys.accountTerms;
      // The byte 0xff occurs in no UTF-8 text, so it lies behind everything that begins with the search.
      const max = from === '' ? '+' : Buffer.concat([Buffer.from(`[${from}`), Buffer.from([0xff])]);
      const accounts: Account[] = [];
      let cursor = after ?? null;
      for (let looks = 0; looks < maxLooks; looks++) {
        const min = cursor === null || cursor < from ? `[${from}` : `(${cursor}`;
        const members = await run((redis) =>
          redis.zrangebylex(key, min === '[' ? '-' : min, max, 'LIMIT', 0, limit + 1),
        );
        const loaded = await Promise.all(members.map((member) => load(member, from)));
        for (const [i, account] of loaded.entries()) {
          if (account && accounts.length === limit) return { accounts, cursor };
          if (account) accounts.push(account);
          cursor = members[i] ?? cursor;
        }
        if (members.length <= limit) return { accounts, cursor: null };
      }
      return { accounts, cursor };
    },
  };
}
