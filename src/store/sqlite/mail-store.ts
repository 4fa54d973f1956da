// MailStore over SQLite: the queue of mail. Claiming is one transaction, so no two processes get the same
// message. A message that was sent is deleted at once.
import type { Clock } from '../../clock.ts';
import { type MailStore, takenMail } from '../../core/mail/mail-store.ts';
import type { QueuedMail } from '../../core/mail/queued-mail.ts';
import { bodiesOf, bodyOf, type Database } from './database.ts';

const dueSql = `SELECT body FROM mails WHERE next_attempt_at <= ? AND expires_at > ? ORDER BY next_attempt_at LIMIT ?`;

export function createMailStore(database: Database, clock: Clock): MailStore {
  const due = (now: number, limit: number) => bodiesOf<QueuedMail>(database.all(dueSql, now, now, limit));
  const write = (mail: QueuedMail): void => {
    const sql = 'UPDATE mails SET next_attempt_at = ?, body = ? WHERE id = ?';
    database.run(sql, mail.nextAttemptAt, JSON.stringify(mail), mail.id);
  };

  return {
    async create(mail) {
      const { id, createdAt, nextAttemptAt, expiresAt } = mail;
      const sql = 'INSERT INTO mails (id, created_at, next_attempt_at, body, expires_at) VALUES (?, ?, ?, ?, ?)';
      database.run(sql, id, createdAt, nextAttemptAt, JSON.stringify(mail), expiresAt);
    },

    async claimDue(now, leaseUntil, limit) {
      // Usually nothing is due. Reading first leaves the write lock free then.
      if (due(now, 1).length === 0) return [];
      return database.transaction(() => {
        const mine = due(now, limit).map((mail) => takenMail(mail, leaseUntil));
        for (const mail of mine) write(mail);
        return mine;
      });
    },

    // The number of attempts identifies the claim: a later claim of the same message has a higher one.
    settle: async (mail) =>
      database.transaction(() => {
        const current = bodyOf<QueuedMail>(database.get('SELECT body FROM mails WHERE id = ?', mail.id));
        if (current?.state !== 'pending' || current.attempts !== mail.attempts) return false;
        if (mail.state === 'sent') database.run('DELETE FROM mails WHERE id = ?', mail.id);
        else write(mail);
        return true;
      }),

    async list(limit) {
      const sql = 'SELECT body FROM mails WHERE expires_at > ? ORDER BY created_at DESC LIMIT ?';
      return bodiesOf<QueuedMail>(database.all(sql, clock(), limit));
    },
  };
}
