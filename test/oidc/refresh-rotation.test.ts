// The grace of a refresh token to the second, and how its successor is derived (security.md A8).
import { describe, expect, it } from 'vitest';
import { createVault, digest } from '../../src/crypto.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { createRefreshGrace, refreshGraceSeconds } from '../../src/oidc/refresh-rotation.ts';

const vault = createVault(Buffer.alloc(32, 1));
const successorOf = (token: string) => vault.mac(token, 'refresh token successor');
const record = (token: string, consumedAt: number | null): Artifact => ({
  ...{ model: 'RefreshToken', id: digest(token), payload: '', grantId: null, uid: null, userCode: null },
  ...{ expiresAt: null, consumedAt },
});

/** @param records by the clear text of the token */
function setUp(now: number, records: Record<string, number | null>) {
  const all = Object.entries(records).map(([token, consumedAt]) => record(token, consumedAt));
  const find = async (_model: string, id: string) => all.find((each) => each.id === id) ?? null;
  return createRefreshGrace({ artifacts: { find }, vault, clock: () => now });
}
const mayRepeat = (now: number, records: Record<string, number | null>) => setUp(now, records).mayRepeat('first');

describe('A8 a refresh token', () => {
  const next = successorOf('first');

  it('may be used before it was consumed, and for 10 seconds afterwards', async () => {
    expect(refreshGraceSeconds).toBe(10);
    expect(await mayRepeat(5000, { first: null })).toBe(true);
    for (const [seconds, isInGrace] of [
      [0, true],
      [9, true],
      [10, false],
      [11, false],
    ] as const)
      expect([seconds, await mayRepeat(100 + seconds, { first: 100, [next]: null })]).toEqual([seconds, isInGrace]);
  });

  it('may not be used when its successor was used, or when it is unknown', async () => {
    expect(await mayRepeat(101, { first: 100, [next]: 101 })).toBe(false);
    expect(await mayRepeat(101, {})).toBe(false);
  });

  it('may be used when the process that consumed it ended before it wrote the successor', async () => {
    expect(await mayRepeat(101, { first: 100 })).toBe(true);
  });

  it('has one successor on every node with the same key, and another one with another key', () => {
    expect(createVault(Buffer.alloc(32, 1)).mac('first', 'refresh token successor')).toBe(next);
    expect(createVault(Buffer.alloc(32, 2)).mac('first', 'refresh token successor')).not.toBe(next);
    expect(next).toMatch(/^[\w-]{43}$/);
  });
});
