// PasskeyStore over Redis. The passkeys of an account are the fields of one hash, so that "the last one" is
// known in one step. A pointer per passkey names its account. Challenges have a TTL and are taken once
// (GETDEL).

import type { Clock } from '../../clock.ts';
import type { Challenge, Passkey } from '../../core/account/passkey.ts';
import type { PasskeyStore } from '../../core/account/passkey-store.ts';
import type { Connection } from './connection.ts';
import { fieldCell, parseDocument, updateDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { ttlUntil } from './time-to-live.ts';

/** Replies of delete-field.lua. */
const outcomes = { 1: 'deleted', 0: 'absent', '-1': 'last' } as const;

export function createPasskeyStore(deps: { connection: Connection; keys: Keys; clock: Clock }): PasskeyStore {
  const { keys, clock } = deps;
  const { run } = deps.connection;

  const ownerOf = (id: string): Promise<string | null> => run((redis) => redis.get(keys.passkeyOwner(id)));

  return {
    async create(passkey) {
      const { id, accountId } = passkey;
      const isNew = (await run((redis) => redis.set(keys.passkeyOwner(id), accountId, 'NX'))) === 'OK';
      // A crash between the two writes leaves a pointer without a passkey. The same account may then use it
      // again.
      if (!isNew && (await ownerOf(id)) !== accountId) return false;
      const cell = [keys.passkeysOfAccount(accountId), id, JSON.stringify(passkey)] as const;
      return (await run((redis) => redis.hsetnx(...cell))) === 1;
    },
    async find(id) {
      const owner = await ownerOf(id);
      if (owner === null) return null;
      return parseDocument<Passkey>(await run((redis) => redis.hget(keys.passkeysOfAccount(owner), id)));
    },
    async listByAccount(accountId) {
      const bodies = await run((redis) => redis.hvals(keys.passkeysOfAccount(accountId)));
      const passkeys = bodies.map((body) => JSON.parse(body) as Passkey);
      return passkeys.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    async update(id, change) {
      const owner = await ownerOf(id);
      if (owner === null) return null;
      return updateDocument(fieldCell(deps.connection, keys.passkeysOfAccount(owner), id), change);
    },
    async delete({ id, accountId }, { keepLast }) {
      const reply = await run((redis) => redis.deleteField(keys.passkeysOfAccount(accountId), id, keepLast ? 1 : 0));
      if (reply === 1) await run((redis) => redis.deleteIf(keys.passkeyOwner(id), accountId));
      return outcomes[reply];
    },

    async createChallenge(challenge) {
      const ttl = ttlUntil(challenge.expiresAt, clock());
      await run((redis) => redis.set(keys.passkeyChallenge(challenge.id), JSON.stringify(challenge), 'EX', ttl));
    },
    async takeChallenge(id) {
      const challenge = parseDocument<Challenge>(await run((redis) => redis.getdel(keys.passkeyChallenge(id))));
      return challenge && challenge.expiresAt > clock() ? challenge : null;
    },
  };
}
