// Protects against creating something twice by accident: a request that is repeated with the same
// Idempotency-Key gets the first one's answer, for a day.
// Answers may contain a secret, so they are sealed.
import type { Clock } from '../../clock.ts';
import { digest, type Vault } from '../../crypto.ts';
import type { ArtifactStore } from '../../oidc/artifact-store.ts';
import { HttpError } from '../kit/refusals.ts';

/** Form of the header Idempotency-Key. */
export const idempotencyKeyPattern = '^[\\x21-\\x7e]{1,200}$';

/** An answer as it is repeated. */
export type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
};
export type Idempotency = ReturnType<typeof createIdempotency>;

export type IdempotencyDeps = { readonly artifacts: ArtifactStore; readonly vault: Vault; readonly clock: Clock };

/** The kind of artifact that answers are stored as. */
const model = 'Reply';
/** How long an answer is repeated. */
const rememberedSeconds = 86_400;
/** After this a first request that never answered is forgotten, and its key is free again. */
const patienceSeconds = 60;
const none = { grantId: null, uid: null, userCode: null, consumedAt: null };

/** The store's insert is atomic, so only one of several equal requests does the work. */
export function createIdempotency({ artifacts, vault, clock }: IdempotencyDeps) {
  return {
    /**
     * Runs `work` once per key and request; later calls get its reply.
     * @param what the request; another request under the same key is refused
     * @throws HttpError `request_in_progress`, `body_invalid`; and whatever `work` throws, which frees the
     * key
     */
    async once(key: string, what: string, work: () => Promise<Reply>): Promise<Reply> {
      const id = digest(key);
      const context = `${model}.${id}`;
      const pending = { model, id, payload: '', expiresAt: clock() + patienceSeconds, ...none };
      if (!(await artifacts.insert(pending))) return repeated(id, context, digest(what));
      try {
        const reply = await work();
        const payload = vault.seal(JSON.stringify({ what: digest(what), reply }), context);
        await artifacts.upsert({ ...pending, payload, expiresAt: clock() + rememberedSeconds });
        return reply;
      } catch (error) {
        await artifacts.destroy(model, id);
        throw error;
      }
    },
  };

  /** The first request's answer. @throws HttpError `request_in_progress`, `body_invalid` */
  async function repeated(id: string, context: string, what: string): Promise<Reply> {
    const found = await artifacts.find(model, id);
    if (!found?.payload) throw new HttpError('request_in_progress', 'The first request with this key is under way.');
    const kept = JSON.parse(vault.open(found.payload, context)) as { what: string; reply: Reply };
    if (kept.what !== what) {
      throw new HttpError('body_invalid', 'This Idempotency-Key belongs to another request. Use a fresh one.');
    }
    return kept.reply;
  }
}
