// Removes network addresses from audit and approval records when their retention ends (`privacy` in the
// configuration). Readers get no address from that moment on. Within an hour the address is also gone from
// the file, its free pages and its write-ahead log.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Approval } from '../../core/approval/approval.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { Database } from './database.ts';

const everySeconds = 3600;
const batchRows = 500;

/**
 * Table, key, instant of the record, and the field with the address. Partial indexes find the rows
 * (migrations 018 and 020); secure_delete overwrites the freed bytes (database.ts).
 */
const statements = (
  [
    ['audit', 'number', 'at', '$.address'],
    ['refusals', 'number', 'at', '$.address'],
    ['approvals', 'id', 'approved_at', '$.browserAddress'],
  ] as const
).map(
  ([table, key, at, field]) => `UPDATE ${table} SET body = json_set(body, '${field}', NULL) WHERE ${key} IN (
    SELECT ${key} FROM ${table} WHERE ${at} <= ? AND json_extract(body, '${field}') IS NOT NULL LIMIT ${batchRows})`,
);

/** `keptSeconds` counts from the instant of the record. */
type Deps = { readonly clock: Clock; readonly keptSeconds: number };

export type AddressKeeping = ReturnType<typeof createAddressKeeping>;

/** Hides addresses whose retention is over from readers, whether or not the sweep has removed them yet. */
export function createAddressKeeping({ clock, keptSeconds }: Deps) {
  const isOver = (at: number): boolean => at <= clock() - keptSeconds;
  return {
    ofRecord: (record: AuditRecord): AuditRecord => (isOver(record.at) ? { ...record, address: null } : record),
    ofApproval: (approval: Approval): Approval =>
      isOver(approval.approvedAt) ? { ...approval, browserAddress: null } : approval,
  };
}

/** Sweeps now and then every hour. The timer does not keep the process alive. */
export function startAddressSweep({ database, clock, keptSeconds }: Deps & { readonly database: Database }) {
  let isStopped = false;

  async function sweepTable(sql: string): Promise<number> {
    let total = 0;
    while (!isStopped) {
      const changed = database.run(sql, clock() - keptSeconds);
      total += changed;
      if (changed < batchRows) break;
      await setImmediate();
    }
    return total;
  }

  /** Sweeps all tables once and returns how many addresses were removed. */
  async function sweep(): Promise<number> {
    let total = 0;
    for (const sql of statements) total += await sweepTable(sql);
    // The write-ahead log still contains the old pages, so it is truncated.
    if (total > 0 && !isStopped) database.get('PRAGMA wal_checkpoint(TRUNCATE)');
    return total;
  }

  // When another process holds the write lock, the next round finds the same rows again.
  const sweepQuietly = (): void => void sweep().catch(() => undefined);
  const timer = setInterval(sweepQuietly, everySeconds * 1000).unref();
  sweepQuietly();

  return {
    sweep,
    stop(): void {
      isStopped = true;
      clearInterval(timer);
    },
  };
}
