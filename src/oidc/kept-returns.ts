// Keeps the answer of `GET /auth/:uid`, which brings the browser back to its app with a code. The library
// makes it once and forgets the interaction at the same moment, so an answer that got lost would leave the
// person with nothing. The browser that finished the sign-in gets it again until the code is redeemed, or for
// as long as a code lives (protocol.md section 3, "Lost answers"). No other browser gets it (security.md B2).
import type { IncomingMessage } from 'node:http';
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import { digest } from '../crypto.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { FinishingBrowser } from './finishing-browser.ts';
import type { Repeats } from './repeats.ts';

export type KeptReturnsDeps = {
  readonly repeats: Repeats;
  readonly artifacts: Pick<ArtifactStore, 'find'>;
  readonly finishingBrowser: Pick<FinishingBrowser, 'secretOf'>;
  readonly clock: Clock;
  /** Seconds that a code lives. */
  readonly codeSeconds: number;
};

export type KeptReturns = ReturnType<typeof createKeptReturns>;

/** An answer as it is repeated. */
type Return = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  /** The page of `response_mode=form_post`; absent for a redirect. */
  readonly body?: string;
  /** Absent where the answer has no code: an error, or the next page of the sign-in. */
  readonly code?: string;
};

/** Headers that make the answer what it is. Every response has the others already. */
const headerNames = ['Location', 'Content-Type', 'Content-Security-Policy'];
const path = /^\/auth\/([\w-]{1,64})$/;

export function createKeptReturns({ repeats, artifacts, finishingBrowser, clock, codeSeconds }: KeptReturnsDeps) {
  /** @returns null for a browser that has finished nothing */
  function keyOf(req: IncomingMessage, uid: string): string | null {
    const secret = finishingBrowser.secretOf(req);
    return secret === null ? null : JSON.stringify(['return', secret, uid]);
  }

  /** Whether the code of the answer can still be redeemed. An answer without a code leads on as well. */
  async function isGood({ code }: Return): Promise<boolean> {
    if (code === undefined) return true;
    const found = await artifacts.find('AuthorizationCode', digest(code));
    return found !== null && found.consumedAt === null;
  }

  return {
    /** Makes the provider repeat its answers. Call it before everything that changes them. */
    serve(provider: Provider): void {
      provider.use(async (ctx, next) => {
        const uid = ctx.method === 'GET' ? path.exec(ctx.path)?.[1] : undefined;
        const key = uid === undefined ? null : keyOf(ctx.req, uid);
        if (key === null) return next();
        const answered = await repeats.once<Return>(key, async () => {
          await next();
          const answer = returnIn(ctx as KoaContextWithOIDC);
          return answer && { answer, until: clock() + codeSeconds };
        });
        if (!answered?.isRepeated) return;
        if (!(await isGood(answered.answer))) return next();
        write(ctx as KoaContextWithOIDC, answered.answer, provider.cookieName('resume'));
      });
    },

    /** Whether this browser has finished the interaction with a code that nobody has redeemed yet. */
    async isKept(req: IncomingMessage, uid: string): Promise<boolean> {
      const key = keyOf(req, uid);
      const kept = key === null ? null : await repeats.find<Return>(key);
      return kept?.code !== undefined && isGood(kept);
    },
  };
}

/** The answer, where the library has ended the interaction by it; null for every other one. */
function returnIn(ctx: KoaContextWithOIDC): Return | null {
  const { status, body } = ctx;
  // The library sets it when it has taken the interaction and its result.
  if (ctx.oidc?.redirectUriCheckPerformed !== true || status >= 400) return null;
  if (status < 300 && typeof body !== 'string') return null;
  const headers = headerNames.map((name) => [name, ctx.response.get(name)]).filter(([, value]) => value !== '');
  const cookies = ctx.response.headers['set-cookie'] ?? [];
  const code = ctx.oidc.entities.AuthorizationCode?.jti;
  return {
    status,
    headers: Object.fromEntries(headers),
    cookies: [cookies].flat(),
    ...(status < 300 && { body: String(body) }),
    ...(code !== undefined && { code }),
  };
}

/**
 * A browser that has lost its `resume` cookie got the head of the first answer, and with it the cookies. It
 * may have newer ones since.
 */
function write(ctx: KoaContextWithOIDC, { status, headers, cookies, body }: Return, resumeCookie: string): void {
  ctx.status = status;
  ctx.set(headers);
  if (new RegExp(`(?:^|; *)${resumeCookie}=[^;]`).test(ctx.req.headers.cookie ?? ''))
    ctx.append('Set-Cookie', [...cookies]);
  ctx.body = body ?? '';
}
