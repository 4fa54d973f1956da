// MailStore over Redis: one JSON string per message, an index of all and a queue of the pending ones. The
// queue decides which node may try a message. The record says what happened to it; a sent message is
// deleted.
import type { Clock } from '../../clock.ts';
import { type MailStore, takenMail } from '../../core/mail/mail-store.ts';
import type { QueuedMail } from '../../core/mail/queued-mail.ts';
import type { Connection } from './connection.ts';
import { type Cell, changeDocument, keyCell, parseDocument } from './documents.ts';
import type { Keys } from './keys.ts';
import { listNewest } from './sorted-index.ts';
import { ttlUntil } from './time-to-live.ts';

export function createMailStore(deps: { connection: Connection; keys: Keys; clock: Clock }): MailStore {
  const { connection, keys, clock } = deps;
  const cellOf = (id: string): Cell => keyCell(connection, keys.mail(id));

  async function find(id: string): Promise<QueuedMail | null> {
    const mail = parseDocument<QueuedMail>(await connection.run((redis) => redis.get(keys.mail(id))));
    return mail && mail.state !== 'sent' && mail.expiresAt > clock() ? mail : null;
  }

  const dequeue = (id: string) => connection.run((redis) => redis.zrem(keys.mailsDue, id));

  /** Marks a claimed message as taken. Null, and it leaves the queue, when it has expired or is gone. */
  async function take(id: string, leaseUntil: number): Promise<QueuedMail | null> {
    const { after } = await changeDocument<QueuedMail>(cellOf(id), (current) =>
      current?.state === 'pending' && current.expiresAt > clock() ? takenMail(current, leaseUntil) : null,
    );
    if (!after) await dequeue(id);
    return after;
  }

  async function drop(id: string): Promise<void> {
    await connection.run((redis) => Promise.all([redis.del(keys.mail(id)), redis.zrem(keys.mails, id)]));
  }

  return {
    async create(mail) {
      const { id, createdAt, nextAttemptAt, expiresAt } = mail;
      const ttl = ttlUntil(expiresAt, clock());
      // The record is written first: readers remove index and queue entries without a record.
      await connection.run((redis) => redis.set(keys.mail(id), JSON.stringify(mail), 'EX', ttl));
      await connection.run((redis) =>
        Promise.all([
          redis.addMember(keys.mails, createdAt, id, ttl),
          redis.addMember(keys.mailsDue, nextAttemptAt ?? createdAt, id, ttl),
        ]),
      );
    },

    async claimDue(now, leaseUntil, limit) {
      if (limit <= 0) return [];
      const ids = await connection.run((redis) => redis.claimDue(keys.mailsDue, now, leaseUntil, limit));
      const mine = await Promise.all(ids.map((id) => take(id, leaseUntil)));
      return mine.filter((mail) => mail !== null);
    },

    // The number of attempts identifies the claim: a later claim of the same message has a higher one.
    async settle(mail) {
      const { id, nextAttemptAt } = mail;
      const { after } = await changeDocument<QueuedMail>(cellOf(id), (current) =>
        current?.state === 'pending' && current.attempts === mail.attempts ? mail : null,
      );
      if (!after) return false;
      if (nextAttemptAt === null) await dequeue(id);
      else await connection.run((redis) => redis.zadd(keys.mailsDue, 'XX', nextAttemptAt, id));
      if (mail.state === 'sent') await drop(id);
      return true;
    },

    list: (limit) => listNewest(connection, keys.mails, limit, find),
  };
}
