// One SQLite file: opening, migrations, transactions, prepared statements (node:sqlite, WAL). Statements run synchronously, so
// inside one process nothing can come between the lines of a transaction; between processes BEGIN IMMEDIATE keeps order.
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StoreUnavailableError } from '../store.ts';

export type Row = Record<string, string | number | null>;
export type Value = string | number | null;

/** All throw StoreUnavailableError when the file cannot be used. */
export type Database = {
  /** The first row, or null. */
  get(sql: string, ...values: Value[]): Row | null;
  all(sql: string, ...values: Value[]): Row[];
  /** @returns how many rows changed */
  run(sql: string, ...values: Value[]): number;
  /** Runs `work` as one step: all of it or, when it throws, nothing. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
};

const migrations = new URL('./migrations/', import.meta.url);
/** Other processes (the command line beside a running server) may hold the write lock this long. */
export const busyTimeoutMs = 5000;

/** @param path a file, made with its folder when absent, readable by its owner only; or `:memory:`. @throws StoreUnavailableError */
export function openDatabase(path: string): Database {
  const failed = `The database file ${path} cannot be opened`;
  const sqlite = guard(() => connect(path), failed);
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = sqlite.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  const database: Database = {
    // Not the driver's own `get`: it stops at the first row, and where a statement that writes ends after it, a failed commit stays unsaid.
    get: (sql, ...values) => guard(() => (prepare(sql).all(...values) as Row[])[0] ?? null),
    all: (sql, ...values) => guard(() => prepare(sql).all(...values) as Row[]),
    run: (sql, ...values) => guard(() => Number(prepare(sql).run(...values).changes)),
    transaction(work) {
      database.run('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.run('COMMIT');
        return result;
      } catch (error) {
        // Some failures, such as a full disk, have rolled back already.
        if (sqlite.isOpen && sqlite.isTransaction) database.run('ROLLBACK');
        throw error;
      }
    },
    close() {
      if (sqlite.isOpen) sqlite.close();
    },
  };
  guard(() => migrate(sqlite, database), failed);
  return database;
}

function connect(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true });
    // Made here, so that neither it nor the files SQLite puts beside it are ever readable by others.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const sqlite = new DatabaseSync(path, { timeout: busyTimeoutMs });
  // NORMAL survives a killed process; a power cut may lose the last moments, never consistency.
  // A checkpoint is what waits for the disk, so it comes after 32 MB instead of 4.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000');
  // What is removed from a page is overwritten there: addresses are to be gone, not only out of sight.
  sqlite.exec('PRAGMA secure_delete = FAST; PRAGMA cache_size = -65536');
  return sqlite;
}

/** A file that cannot be used becomes StoreUnavailableError; a wrong statement or a broken constraint is our own bug and stays. */
function guard<Result>(work: () => Result, sentence = 'The database cannot be used'): Result {
  try {
    return work();
  } catch (error) {
    if (!isUnavailable(error) && !(error instanceof StoreUnavailableError)) throw error;
    throw new StoreUnavailableError(`${sentence}: ${error.message}`, { cause: error });
  }
}

/** Primary result codes (sqlite.org/rescode.html): busy, locked, read-only, I/O, corrupt, full, cannot open, not a database. */
const unavailableCodes = new Set([5, 6, 8, 10, 11, 13, 14, 26]);

function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // Extended codes carry the primary one in their low byte.
  if ('errcode' in error && typeof error.errcode === 'number') return unavailableCodes.has(error.errcode & 0xff);
  // A closed database, and what the file system itself refuses.
  return 'code' in error && (error.code === 'ERR_INVALID_STATE' || 'syscall' in error);
}

function migrate(sqlite: DatabaseSync, database: Database): void {
  sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)');
  const names = readdirSync(migrations).sort();
  const newest = String(database.get('SELECT max(name) AS name FROM migrations')?.name ?? '');
  // What a later release wrote, this one would misread without knowing.
  if (newest > (names.at(-1) ?? '')) {
    throw new StoreUnavailableError(`it was written by a later release (${newest}): run that one, or restore a backup`);
  }
  for (const name of names) {
    database.transaction(() => {
      if (database.run('INSERT OR IGNORE INTO migrations VALUES (?)', name) === 0) return;
      sqlite.exec(readFileSync(new URL(name, migrations), 'utf8'));
    });
  }
}

/** The JSON body of a row. */
export const bodyOf = <Body>(row: Row | null): Body | null => (row ? (JSON.parse(String(row.body)) as Body) : null);
export const bodiesOf = <Body>(rows: readonly Row[]): Body[] => rows.map((row) => JSON.parse(String(row.body)) as Body);
