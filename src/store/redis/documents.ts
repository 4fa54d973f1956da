// JSON documents that change by compare-and-set: read the document, change it, write it if it is still what
// was read. Otherwise the change is repeated on the newer document.
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailableError } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SwapReply } from './scripts.ts';

/** After this many lost races a change fails. From the fourth on, tries are spread over time. */
const maxTries = 100;

/**
 * A place that holds one document. `swap` writes `next` if the document still is `expected` (null: absent).
 */
export type Cell = {
  read(): Promise<string | null>;
  swap(expected: string | null, next: string): Promise<SwapReply>;
};

/** A document under a key of its own. A swap never creates the key, and keeps its TTL. */
export const keyCell = (connection: Connection, key: string): Cell => ({
  read: () => connection.run((redis) => redis.get(key)),
  swap: (expected, next) => connection.run((redis) => redis.swap(key, expected ?? '', next)),
});

/** A document in a field of a hash. A swap may create the field. */
export const fieldCell = (connection: Connection, key: string, field: string): Cell => ({
  read: () => connection.run((redis) => redis.hget(key, field)),
  swap: (expected, next) => connection.run((redis) => redis.swapField(key, field, expected ?? '', next)),
});

/** Parses a document; null stays null. The stored JSON is trusted: only this program writes it. */
export const parseDocument = <T>(raw: string | null): T | null => (raw === null ? null : (JSON.parse(raw) as T));

/**
 * Changes a document atomically. `change` may run more than once and must be pure; returning null leaves the
 * document as it is.
 * @returns the document before and after the change; `after` is null when nothing was written
 * @throws StoreUnavailableError when other writers won every race; whatever `change` throws, and then nothing
 * was written
 */
export async function changeDocument<T>(
  cell: Cell,
  change: (current: T | null) => T | null,
): Promise<{ before: T | null; after: T | null }> {
  let raw = await cell.read();
  for (let tries = 1; tries <= maxTries; tries++) {
    const before = parseDocument<T>(raw);
    const after = change(before);
    if (after === null) return { before, after };
    const next = JSON.stringify(after);
    const reply = next === raw ? 1 : await cell.swap(raw, next);
    if (reply === 1) return { before, after };
    raw = reply;
    if (tries > 3) await setTimeout(Math.random() * Math.min(tries, 20));
  }
  throw new StoreUnavailableError('Too many changes of one record at the same time.');
}

/**
 * Implements the `update` of the ports. Returns the changed document, or null when there is none or `isThere`
 * rejects it as expired.
 */
export async function updateDocument<T>(
  cell: Cell,
  change: (document: T) => T,
  isThere: (document: T) => boolean = () => true,
): Promise<T | null> {
  const { after } = await changeDocument<T>(cell, (current) => (current && isThere(current) ? change(current) : null));
  return after;
}
