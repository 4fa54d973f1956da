// One SQLite file: opening, migrations, transactions and prepared statements (node:sqlite, WAL). Statements
// run synchronously, so in one process nothing runs between the lines of a transaction. Between processes
// BEGIN IMMEDIATE serialises the writers.
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { StoreUnavailableError } from '../store.ts';

export type Row = Record<string, string | number | null>;
export type Value = string | number | null;

/**
 * Every method throws StoreUnavailableError when the file cannot be used. Statements are prepared once per
 * text.
 */
export type Database = {
  /** Returns the first row, or null. */
  get(sql: string, ...values: Value[]): Row | null;
  /** Returns all rows. */
  all(sql: string, ...values: Value[]): Row[];
  /** Runs a statement and returns how many rows it changed. */
  run(sql: string, ...values: Value[]): number;
  /** Runs `work` inside BEGIN IMMEDIATE … COMMIT, and rolls back when it throws. Must not be nested. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
};

const migrations = new URL('./migrations/', import.meta.url);
/**
 * How long a statement waits for the write lock of another process, such as a command beside a running
 * server.
 */
export const busyTimeoutMs = 5000;

/**
 * Opens a database and brings its schema up to date.
 * @param path a file, which is created with its folder when absent and is readable by its owner only; or
 * `:memory:`
 * @throws StoreUnavailableError also when a later release has already migrated the file
 */
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
    // The driver's own `get` stops at the first row. A writing statement with RETURNING would then end
    // without reporting a failed commit.
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
        // Some failures, such as a full disk, have already rolled the transaction back.
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
    // The file is created with these permissions before SQLite opens it, and SQLite gives them to its -wal
    // and -shm files too, so none of them is ever readable by others.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
  }
  const sqlite = new DatabaseSync(path, { timeout: busyTimeoutMs });
  // With synchronous=NORMAL a killed process loses nothing. A power cut may lose the last commits, but never
  // consistency. Only checkpoints wait for the disk, so they run after 32 MB of log instead of 4 MB.
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000');
  // Deleted content is overwritten with zeros: network addresses must be gone from the file, not only
  // unreachable.
  sqlite.exec('PRAGMA secure_delete = FAST; PRAGMA cache_size = -65536');
  return sqlite;
}

/**
 * Turns the error of an unusable file into StoreUnavailableError. Other errors, such as a wrong statement
 * or a broken constraint, are bugs of ours and pass unchanged.
 */
function guard<Result>(work: () => Result, sentence = 'The database cannot be used'): Result {
  try {
    return work();
  } catch (error) {
    if (!isUnavailable(error) && !(error instanceof StoreUnavailableError)) throw error;
    throw new StoreUnavailableError(`${sentence}: ${error.message}`, { cause: error });
  }
}

/**
 * Primary result codes (sqlite.org/rescode.html): busy, locked, read-only, I/O, corrupt, full, cannot open,
 * not a database.
 */
const unavailableCodes = new Set([5, 6, 8, 10, 11, 13, 14, 26]);

function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  // The low byte of an extended result code is the primary code.
  if ('errcode' in error && typeof error.errcode === 'number') return unavailableCodes.has(error.errcode & 0xff);
  // A closed database, or an error of the file system.
  return 'code' in error && (error.code === 'ERR_INVALID_STATE' || 'syscall' in error);
}

/**
 * Runs every migration that this file has not seen, in the order of their names, each in its own
 * transaction.
 */
function migrate(sqlite: DatabaseSync, database: Database): void {
  sqlite.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)');
  const names = readdirSync(migrations).sort();
  const newest = String(database.get('SELECT max(name) AS name FROM migrations')?.name ?? '');
  // A later release may have changed the meaning of columns, so this release must not read the file.
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

/** Parses the JSON in the `body` column of a row; null for no row. */
export const bodyOf = <Body>(row: Row | null): Body | null => (row ? (JSON.parse(String(row.body)) as Body) : null);
export const bodiesOf = <Body>(rows: readonly Row[]): Body[] => rows.map((row) => JSON.parse(String(row.body)) as Body);
