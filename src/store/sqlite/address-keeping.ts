// Network addresses in audit and approval records, for as long as they may be kept: no reader gets one afterwards, and within the hour it is
// gone from the file, its free pages and its log.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../clock.ts';
import type { Approval } from '../../core/approval/approval.ts';
import type { AuditRecord } from '../../core/audit/audit-record.ts';
import type { Database } from './database.ts';

const everySeconds = 3600;
const batchRows = 500;

/** Their partial indexes are in migration 018; the freed bytes are overwritten (secure_delete in database.ts). */
const statements = (
  [
    ['audit', 'number', 'at', '$.address'],
    ['approvals', 'id', 'approved_at', '$.browserAddress'],
  ] as const
).map(
  ([table, key, at, field]) => `UPDATE ${table} SET body = json_set(body, '${field}', NULL) WHERE ${key} IN (
    SELECT ${key} FROM ${table} WHERE ${at} <= ? AND json_extract(body, '${field}') IS NOT NULL LIMIT ${batchRows})`,
);

type Deps = { readonly clock: Clock; readonly keptSeconds: number };

export type AddressKeeping = ReturnType<typeof createAddressKeeping>;

/** What readers are given, whether or not the sweep has come by. */
export function createAddressKeeping({ clock, keptSeconds }: Deps) {
  const isOver = (at: number): boolean => at <= clock() - keptSeconds;
  return {
    ofRecord: (record: AuditRecord): AuditRecord => (isOver(record.at) ? { ...record, address: null } : record),
    ofApproval: (approval: Approval): Approval =>
      isOver(approval.approvedAt) ? { ...approval, browserAddress: null } : approval,
  };
}

/** Sweeps at once and then every hour; the timer does not keep the process alive. */
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

  /** @returns how many addresses went */
  async function sweep(): Promise<number> {
    let total = 0;
    for (const sql of statements) total += await sweepTable(sql);
    // The write-ahead log still has the pages as they were.
    if (total > 0 && !isStopped) database.get('PRAGMA wal_checkpoint(TRUNCATE)');
    return total;
  }

  // What cannot be changed now, because another process writes, is found again next time.
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
