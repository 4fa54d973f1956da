// Answers a form that is sent again, because its answer got lost, with the first answer. Nothing happens
// twice, and what is shown once is shown to whoever missed it (protocol.md section 3, "Lost answers"). The
// same holds for the answer of a passkey, which is good for one ceremony.
// A form is the same when browser, address and every field are, its token included. Sending it from a page
// that was drawn anew is another act.
import type { Clock } from '../../clock.ts';
import type { Kept, Repeats } from '../../oidc/repeats.ts';
import { readText } from './body.ts';
import type { Context, Handler } from './context.ts';
import type { Cookies } from './cookies.ts';
import type { FormTokens } from './form-token.ts';
import { isApi } from './navigation.ts';

export type FormRepeatsDeps = {
  readonly answerOnce: AnswerOnce;
  readonly formTokens: Pick<FormTokens, 'read'>;
  readonly cookies: Pick<Cookies, 'existingBrowser' | 'device' | 'console'>;
};

/** Does `work`, which answers, once for a key. Whoever comes with the same key gets the same answer. */
export type AnswerOnce = (ctx: Context, key: string, work: () => Promise<unknown>) => Promise<void>;

/** An answer as it is repeated. `body` is null where there is none. */
type FormAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string | null;
};

/** How long an answer is repeated. A change of what signs somebody in needs a fresher proof anyway. */
const keptSeconds = 300;
/** Longer answers are kept by nobody: they are copies of data, which can be had again. */
const maxBodyLength = 128 * 1024;
/** Headers that make the answer what it is. Every response has the others already. */
const headerNames = ['Location', 'Content-Type', 'Content-Security-Policy', 'Content-Disposition'];

export const createAnswerOnce =
  ({ repeats, clock }: { repeats: Repeats; clock: Clock }): AnswerOnce =>
  async (ctx, key, work) => {
    const answered = await repeats.once<FormAnswer>(key, async (): Promise<Kept<FormAnswer> | null> => {
      await work();
      const answer = answerIn(ctx);
      return answer && { answer, until: clock() + keptSeconds };
    });
    if (answered?.isRepeated) write(ctx, answered.answer);
  };

/** @returns a middleware for every change of our own pages */
export function createFormRepeats({ answerOnce, formTokens, cookies }: FormRepeatsDeps): Handler {
  /** What tells this sending from every other one; null for a request that may be repeated as it is. */
  async function sendingOf(ctx: Context): Promise<string | null> {
    if (isApi(ctx) || ctx.method !== 'POST') return null;
    const isForm = ctx.is('application/x-www-form-urlencoded') !== false;
    if (!isForm && ctx.is('application/json') !== 'application/json') return null;
    const secrets = [cookies.existingBrowser(ctx), cookies.device(ctx), cookies.console(ctx)];
    // The body of a program is read, and refused, by its own route.
    if (!secrets.some(Boolean)) return null;
    const body = await readText(ctx);
    const isOnce = isForm ? (await formTokens.read(ctx)) !== null : answersPasskey(body);
    return isOnce ? JSON.stringify(['form', ...secrets, ctx.url, body]) : null;
  }

  return async (ctx, next) => {
    const sending = await sendingOf(ctx);
    return sending === null ? next() : answerOnce(ctx, sending, next);
  };
}

/** Whether a JSON body has the answer of an authenticator (WebAuthn §5.8.1). */
function answersPasskey(body: string): boolean {
  try {
    const { passkey } = JSON.parse(body) as { passkey?: unknown };
    return typeof passkey === 'object' && passkey !== null;
  } catch {
    return false;
  }
}

/** A refusal did nothing, so it is not kept, and the same form may succeed later. */
function answerIn(ctx: Context): FormAnswer | null {
  const { status, body } = ctx;
  if (ctx.respond === false || status >= 400) return null;
  const text = typeof body === 'string' || body == null ? (body ?? null) : jsonOf(body);
  if (text === undefined || (text?.length ?? 0) > maxBodyLength) return null;
  const headers = headerNames.map((name) => [name, ctx.response.get(name)]).filter(([, value]) => value !== '');
  const set = ctx.response.headers['set-cookie'] ?? [];
  return { status, headers: Object.fromEntries(headers), cookies: [set].flat(), body: text };
}

/** The text of a JSON body; undefined for a stream or bytes. */
const jsonOf = (body: unknown): string | undefined =>
  Object.getPrototypeOf(body) === Object.prototype ? JSON.stringify(body) : undefined;

function write(ctx: Context, { status, headers, cookies, body }: FormAnswer): void {
  ctx.status = status;
  if (body !== null) ctx.body = body;
  ctx.set(headers);
  if (cookies.length > 0) ctx.append('Set-Cookie', [...cookies]);
}
