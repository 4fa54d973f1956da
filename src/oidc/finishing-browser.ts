// Only the browser that finished a sign-in collects its result (security.md B2). The cookies of an
// interaction have a path, so they cannot have the `__Host-` prefix, and another host of the same site can
// plant the cookies of its own interaction in somebody's browser (RFC 6265 §8.6). Whoever signs in there
// would sign in the browser that began. This cookie has the prefix, and the result names it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { digest, randomSecret } from '../crypto.ts';

export type FinishingBrowser = ReturnType<typeof createFinishingBrowser>;

/** The library's records of interactions, as far as they are read here. */
type Interactions = { find(id: string, options?: object): Promise<Found | undefined> };
type Found = { readonly result?: Readonly<Record<string, unknown>> | undefined };

/** Member of an interaction's result: the digest of the cookie. The library keeps unknown members. */
const member = 'browser';

export function createFinishingBrowser({ issuer, seconds }: { issuer: string; seconds: number }) {
  const isHttps = issuer.startsWith('https:');
  const name = isHttps ? '__Host-tessera_finish' : 'tessera_finish';
  const flags = `Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`;
  const pattern = new RegExp(`(?:^|; *)${name}=([\\w-]{43})(?:;|$)`);
  const secretOf = (req: IncomingMessage): string | null => pattern.exec(req.headers.cookie ?? '')?.[1] ?? null;
  /** A request may mark its browser more than once, always by the same secret. */
  const marked = new WeakMap<IncomingMessage, string>();

  return {
    /** The secret of this browser; null before its first mark. */
    secretOf,

    /**
     * Marks the browser of this request, for as long as an interaction lasts. Sign-ins in several tabs share
     * one mark. The page of an interaction marks its browser too, so that the mark does not get lost with the
     * answer to a sign-in.
     * @returns what the result of the interaction must contain
     */
    mark(req: IncomingMessage, res: ServerResponse): { readonly [member]: string } {
      const secret = marked.get(req) ?? secretOf(req) ?? randomSecret(256);
      if (!marked.has(req)) res.appendHeader('Set-Cookie', `${name}=${secret}; Max-Age=${seconds}; ${flags}`);
      marked.set(req, secret);
      return { [member]: digest(secret) };
    },

    /** Makes the library find no interaction for a browser that resumes what another one has finished. */
    guard(provider: Provider): void {
      const { Interaction } = provider as unknown as { Interaction: Interactions };
      const find = Interaction.find.bind(Interaction);
      Interaction.find = async (...given) => {
        const found = await find(...given);
        const { ctx } = Provider;
        const finisher = found?.result?.[member];
        if (finisher === undefined || ctx?.oidc?.route !== 'resume') return found;
        const secret = secretOf(ctx.req);
        return secret !== null && digest(secret) === finisher ? found : undefined;
      };
    },
  };
}
