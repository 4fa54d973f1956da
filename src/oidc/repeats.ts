// Work that happens once, and whose answer may get lost on the way: whoever asks again gets the first answer,
// and nothing is done twice (protocol.md section 3, "Lost answers"). What makes two requests the same one is
// left to the callers, who name it by a key.
// The store's insert is atomic, so this holds over all nodes. Answers may contain secrets, so they are
// sealed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { digest, type Vault } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';

export type RepeatsDeps = {
  readonly artifacts: Pick<ArtifactStore, 'insert' | 'upsert' | 'find' | 'destroy'>;
  readonly vault: Vault;
  readonly clock: Clock;
};

export type Repeats = ReturnType<typeof createRepeats>;

/** What `work` leaves: the answer, as JSON can hold it, and until when it is repeated (epoch seconds). */
export type Kept<Answer> = { readonly answer: Answer; readonly until: number };
/** `isRepeated`: the answer is an earlier one, and no work was done. */
export type Answered<Answer> = { readonly answer: Answer; readonly isRepeated: boolean };

/** The kind of artifact that answers are stored as. */
const model = 'Answer';
/** After this, a first request that never answered is forgotten: its node has stopped. */
const patienceSeconds = 30;
/** How long a repetition waits for the first request of another node, and how often it looks. */
const waitMs = 8000;
const lookMs = 50;
const none = { grantId: null, uid: null, userCode: null, consumedAt: null };

const unkept = <Answer>(kept: Kept<Answer> | null): Answered<Answer> | null =>
  kept && { answer: kept.answer, isRepeated: false };

export function createRepeats({ artifacts, vault, clock }: RepeatsDeps) {
  /** The work of this process that is under way, by id. */
  const running = new Map<string, Promise<unknown>>();

  /** @throws whatever `work` throws; nothing is kept then, and the next request works again */
  async function doFirst<Answer>(id: string, work: () => Promise<Kept<Answer> | null>): Promise<Answer | null> {
    const working = work();
    const settled = working.catch(() => undefined);
    running.set(id, settled);
    try {
      const kept = await working;
      if (kept === null) await free(id);
      // The work is done, so this caller gets the answer even where nobody can get it again.
      else await artifacts.upsert(recordOf(id, seal(id, kept.answer), kept.until)).catch(() => undefined);
      return kept?.answer ?? null;
    } catch (error) {
      await free(id);
      throw error;
    } finally {
      running.delete(id);
    }
  }

  /** A store that is away frees the key later, by `patienceSeconds`. */
  const free = (id: string): Promise<unknown> => artifacts.destroy(model, id).catch(() => undefined);
  const recordOf = (id: string, payload: string, expiresAt: number) => ({ model, id, payload, expiresAt, ...none });
  const seal = (id: string, answer: unknown): string => vault.seal(JSON.stringify(answer), `${model}.${id}`);

  /** The answer of the first request; null when there is none, or none yet. */
  async function read<Answer>(id: string): Promise<{ readonly answer: Answer } | 'under way' | null> {
    const found = await artifacts.find(model, id);
    if (!found) return null;
    if (found.payload === '') return 'under way';
    return { answer: JSON.parse(vault.open(found.payload, `${model}.${id}`)) as Answer };
  }

  return {
    /**
     * Does `work` once for all requests with this key. The others wait for its answer. Where `work` throws or
     * returns null, nothing is kept, and each of the others does its own work, one after the other. A request
     * that has waited 8 seconds for the first one does its own work, too.
     * @param key contains a secret of the caller and everything that makes the request what it is
     * @returns null when this caller's own work returned null
     */
    async once<Answer>(key: string, work: () => Promise<Kept<Answer> | null>): Promise<Answered<Answer> | null> {
      const id = digest(key);
      const giveUpAt = Date.now() + waitMs;
      for (;;) {
        if (await artifacts.insert(recordOf(id, '', clock() + patienceSeconds))) {
          const answer = await doFirst(id, work);
          return answer === null ? null : { answer, isRepeated: false };
        }
        const found = await read<Answer>(id);
        if (found !== null && found !== 'under way') return { answer: found.answer, isRepeated: true };
        if (Date.now() > giveUpAt) return unkept(await work());
        await Promise.race([running.get(id) ?? sleep(lookMs), sleep(lookMs)]);
      }
    },

    /** The answer that is kept under this key, without doing anything; null when there is none. */
    async find<Answer>(key: string): Promise<Answer | null> {
      const found = await read<Answer>(digest(key));
      return found === null || found === 'under way' ? null : found.answer;
    },
  };
}
