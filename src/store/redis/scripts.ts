// The Lua scripts as commands of the connection. Each touches exactly one key, so all of them work on a Redis Cluster.
import { readFileSync } from 'node:fs';
import type { ClientContext, Redis, Result } from 'ioredis';

/** 1: written. Otherwise the value that was found instead, null when there was none. */
export type SwapReply = 1 | string | null;

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext = { type: 'default' }> {
    swap(key: string, expected: string, next: string): Result<SwapReply, Context>;
    swapField(key: string, field: string, expected: string, next: string): Result<SwapReply, Context>;
    deleteIf(key: string, expected: string): Result<number, Context>;
    deleteField(key: string, field: string, keepLast: 0 | 1): Result<1 | 0 | -1, Context>;
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
    addPoints(key: string, points: number, windowSeconds: number, now: number): Result<[number, number], Context>;
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

const scripts = {
  swap: 'swap',
  swapField: 'swap-field',
  deleteIf: 'delete-if',
  deleteField: 'delete-field',
  addMember: 'add-member',
  claimDue: 'claim-due',
  append: 'append',
  appendStream: 'append-stream',
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

export function defineScripts(redis: Redis): void {
  for (const [command, file] of Object.entries(scripts)) {
    const lua = readFileSync(new URL(`./${file}.lua`, import.meta.url), 'utf8');
    redis.defineCommand(command, { numberOfKeys: 1, lua });
  }
}
