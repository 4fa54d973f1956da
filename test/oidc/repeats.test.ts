// Work that happens once for all requests with one key: what the others get, and what a failure leaves.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createVault } from '../../src/crypto.ts';
import type { Artifact } from '../../src/oidc/artifact-store.ts';
import { createRepeats } from '../../src/oidc/repeats.ts';

const start = 1_800_000_000;
const until = start + 60;

/** One store under several nodes. */
function startNodes() {
  const time = { now: start };
  const records = new Map<string, Artifact>();
  const live = (id: string) => {
    const found = records.get(id);
    return found && Number(found.expiresAt) > time.now ? found : null;
  };
  const away = { isWriting: false };
  const artifacts = {
    insert: async (artifact: Artifact) => {
      if (live(artifact.id)) return false;
      records.set(artifact.id, artifact);
      return true;
    },
    upsert: async (artifact: Artifact) => {
      if (away.isWriting) throw new Error('away');
      records.set(artifact.id, artifact);
    },
    find: async (_model: string, id: string) => live(id),
    destroy: async (_model: string, id: string) => records.delete(id),
  };
  const vault = createVault(randomBytes(32));
  const node = () => createRepeats({ artifacts, vault, clock: () => time.now });
  return { time, records, away, node };
}

describe('work that happens once', () => {
  it('is done by one of 50 requests on two nodes, and all get its answer', async () => {
    const { node } = startNodes();
    const nodes = [node(), node()];
    let done = 0;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        nodes[i % 2]?.once('key', async () => {
          done++;
          await new Promise((resolve) => setTimeout(resolve, 20));
          return { answer: { number: done }, until };
        }),
      ),
    );
    expect(done).toBe(1);
    expect(answers.map((each) => each?.answer)).toEqual(Array(50).fill({ number: 1 }));
    expect(answers.filter((each) => each?.isRepeated === false)).toHaveLength(1);
  });

  it('is done for each key, and anew when its answer has expired', async () => {
    const { node, time } = startNodes();
    const repeats = node();
    let done = 0;
    const work = async () => ({ answer: ++done, until });
    expect(await repeats.once('a', work)).toEqual({ answer: 1, isRepeated: false });
    expect(await repeats.once('b', work)).toEqual({ answer: 2, isRepeated: false });
    expect(await repeats.once('a', work)).toEqual({ answer: 1, isRepeated: true });
    expect([await repeats.find('a'), await repeats.find('c')]).toEqual([1, null]);
    time.now = until;
    expect(await repeats.once('a', work)).toEqual({ answer: 3, isRepeated: false });
  });

  it('leaves nothing behind when it throws or has no answer, and the next request works', async () => {
    const { node, records } = startNodes();
    const repeats = node();
    const fails = () => repeats.once('key', () => Promise.reject(new Error('refused')));
    await Promise.all(Array.from({ length: 5 }, () => expect(fails()).rejects.toThrow('refused')));
    expect(await repeats.once('key', async () => null)).toBeNull();
    expect(records.size).toBe(0);
    expect(await repeats.once('key', async () => ({ answer: 1, until }))).toEqual({ answer: 1, isRepeated: false });
  });

  it('is done by another node once the first one has been gone for 30 seconds', async () => {
    const { node, time } = startNodes();
    // Its node stops in the middle.
    void node().once('key', () => new Promise<null>(() => undefined));
    time.now = start + 30;
    expect(await node().once('key', async () => ({ answer: 1, until }))).toEqual({ answer: 1, isRepeated: false });
  });

  it('answers its own caller also where the answer cannot be kept', async () => {
    const { node, away } = startNodes();
    away.isWriting = true;
    expect(await node().once('key', async () => ({ answer: 1, until }))).toEqual({ answer: 1, isRepeated: false });
  });

  it('keeps its answer sealed, under a digest of the key', async () => {
    const { node, records } = startNodes();
    await node().once('a secret key', async () => ({ answer: 'a secret answer', until }));
    const [kept] = [...records.values()];
    expect(kept?.expiresAt).toBe(until);
    expect(JSON.stringify([...records])).not.toContain('secret');
  });
});
