// The Lua scripts as commands of the connection. Redis runs a script as one atomic step. Each script
// touches exactly one key, so all of them work on a Redis Cluster. The .lua files say what they take and
// return.
import { readFileSync } from 'node:fs';
import type { ClientContext, Redis, Result } from 'ioredis';

/** Reply of a compare-and-set: 1 when it was written, otherwise the value that is there, or null for none. */
export type SwapReply = 1 | string | null;

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext = { type: 'default' }> {
    swap(key: string, expected: string, next: string): Result<SwapReply, Context>;
    swapField(key: string, field: string, expected: string, next: string): Result<SwapReply, Context>;
    deleteIf(key: string, expected: string): Result<number, Context>;
    /** 1: deleted, 0: absent, -1: kept because it was the only field. */
    deleteField(key: string, field: string, keepLast: 0 | 1): Result<1 | 0 | -1, Context>;
    /** `ttlSeconds` 0 makes the index durable. `dropUpTo` removes members with that score or a lower one. */
    addMember(
      key: string,
      score: number | '+inf',
      member: string,
      ttlSeconds: number,
      ...dropUpTo: number[]
    ): Result<number, Context>;
    claimDue(key: string, now: number, leaseUntil: number, limit: number): Result<string[], Context>;
    append(key: string, record: string, cap: number, ttlSeconds: number): Result<number, Context>;
    appendStream(key: string, record: string, cap: number, ttlSeconds: number): Result<number, Context>;
    /** As `appendStream`, and each entry is dropped `keptSeconds` after it was appended. */
    appendRecent(key: string, record: string, cap: number, keptSeconds: number): Result<number, Context>;
    /** Returns the count and the end of its window, epoch seconds. */
    addPoints(key: string, points: number, windowSeconds: number, now: number): Result<[number, number], Context>;
    /** 1: the poll came too early. */
    keepPace(key: string, firstSeconds: number, addedSeconds: number, now: number): Result<0 | 1, Context>;
    addCounts(key: string, ttlSeconds: number, ...pairs: (string | number)[]): Result<number, Context>;
    addScores(key: string, ttlSeconds: number, ...pairs: (string | number)[]): Result<number, Context>;
    putLatest(key: string, ...pairs: (string | number)[]): Result<number, Context>;
    putArtifact(
      key: string,
      mode: 'upsert' | 'insert',
      now: number,
      ttlSeconds: number,
      ...fields: string[]
    ): Result<number, Context>;
    consumeArtifact(key: string, now: number): Result<number, Context>;
    destroyArtifact(key: string, now: number): Result<number, Context>;
    revokeArtifact(key: string, grantId: string): Result<number, Context>;
  }
}

/** Name of the command, and of its file without .lua. */
const scripts = {
  swap: 'swap',
  swapField: 'swap-field',
  deleteIf: 'delete-if',
  deleteField: 'delete-field',
  addMember: 'add-member',
  claimDue: 'claim-due',
  append: 'append',
  appendStream: 'append-stream',
  appendRecent: 'append-recent',
  addPoints: 'add-points',
  keepPace: 'keep-pace',
  addCounts: 'add-counts',
  addScores: 'add-scores',
  putLatest: 'put-latest',
  putArtifact: 'put-artifact',
  consumeArtifact: 'consume-artifact',
  destroyArtifact: 'destroy-artifact',
  revokeArtifact: 'revoke-artifact',
} as const;

/** Must run before the connection is used. ioredis sends a script once and then calls it by its hash. */
export function defineScripts(redis: Redis): void {
  for (const [command, file] of Object.entries(scripts)) {
    const lua = readFileSync(new URL(`./${file}.lua`, import.meta.url), 'utf8');
    redis.defineCommand(command, { numberOfKeys: 1, lua });
  }
}
