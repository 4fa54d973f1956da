// JSON documents that change by compare-and-set: read, change, write if it is still what was read, else again with what is there now.
import { setTimeout } from 'node:timers/promises';
import { StoreUnavailableError } from '../store.ts';
import type { Connection } from './connection.ts';
import type { SwapReply } from './scripts.ts';

const maxTries = 100;

/** One place that holds a document. */
export type Cell = {
  read(): Promise<string | null>;
  swap(expected: string | null, next: string): Promise<SwapReply>;
};

/** A document under a key of its own; it is created elsewhere, and its TTL stays. */
export const keyCell = (connection: Connection, key: string): Cell => ({
  read: () => connection.run((redis) => redis.get(key)),
  swap: (expected, next) => connection.run((redis) => redis.swap(key, expected ?? '', next)),
});

/** A document in a field of a hash. */
export const fieldCell = (connection: Connection, key: string, field: string): Cell => ({
  read: () => connection.run((redis) => redis.hget(key, field)),
  swap: (expected, next) => connection.run((redis) => redis.swapField(key, field, expected ?? '', next)),
});

export const parseDocument = <T>(raw: string | null): T | null => (raw === null ? null : (JSON.parse(raw) as T));

/**
 * Changes the document as one step; `change` may run more than once, and leaves things as they are by returning null.
 * @returns the document before and after the change; `after` is null when nothing was written.
 * @throws StoreUnavailableError when others always came first; whatever `change` throws, and then nothing was written.
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

/** As the ports' `update`: null when there is no such document, or none that `isThere`. */
export async function updateDocument<T>(
  cell: Cell,
  change: (document: T) => T,
  isThere: (document: T) => boolean = () => true,
): Promise<T | null> {
  const { after } = await changeDocument<T>(cell, (current) => (current && isThere(current) ? change(current) : null));
  return after;
}
