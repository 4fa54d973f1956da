// Whether the session of this browser answers a request that still waits, because the person has signed in in
// another tab meanwhile. It asks the checks of the interaction policy, so the rules are those of silent
// sign-on, and it changes nothing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import type { interactionPolicy, KoaContextWithOIDC } from 'oidc-provider';

export type SessionAnswerDeps = {
  /** The present provider. It is replaced when the signing keys change. */
  readonly provider: () => Provider;
  readonly policy: interactionPolicy.DefaultPolicy;
};

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;
/** Documented by the library, but missing from its types. */
type Sessions = { readonly Session: { get(ctx: unknown): Promise<KoaContextWithOIDC['oidc']['session']> } };

export type SessionAnswer = ReturnType<typeof createSessionAnswer>;

export function createSessionAnswer({ provider, policy }: SessionAnswerDeps) {
  /** The request as the library would see it if it began now in this browser. */
  async function contextOf(
    req: IncomingMessage,
    res: ServerResponse,
    { params }: Details,
  ): Promise<KoaContextWithOIDC> {
    const ctx = provider().createContext(req, res) as unknown as KoaContextWithOIDC;
    const oidc = new (provider().OIDCContext)(ctx as never);
    const client = await provider().Client.find(String(params.client_id));
    Object.assign(ctx, { oidc });
    // What the library has validated when the request began: the parameters, and `claims` among them.
    const claims = typeof params.claims === 'string' ? JSON.parse(params.claims) : {};
    Object.assign(oidc, { route: 'authorization', params, claims });
    if (client) oidc.entity('Client', client);
    const session = await (provider() as unknown as Sessions).Session.get(ctx);
    Object.assign(oidc, { session });
    // It was verified when the request began.
    const { id_token_hint: hint } = params;
    if (typeof hint === 'string') oidc.entity('IdTokenHint', { payload: decodeJwt(hint) } as never);
    return ctx;
  }

  /**
   * True when the person signed in here since the request began and nothing of the request asks for another
   * sign-in (`prompt`, `max_age`, `acr_values`, `id_token_hint`, rules of the client). Consent is another
   * question.
   */
  return async (req: IncomingMessage, res: ServerResponse, details: Details): Promise<boolean> => {
    // Most browsers that wait have no session yet, so nothing needs to be read.
    if (!req.headers.cookie?.includes(`${provider().cookieName('session')}=`)) return false;
    const ctx = await contextOf(req, res, details);
    const { session, client } = ctx.oidc;
    // A session that was there before had its chance when the request began.
    if (!client || !session?.accountId || (session.iat ?? 0) < (details.iat ?? 0)) return false;
    const checks = policy.filter(({ name }) => name !== 'consent').flatMap((prompt) => [...prompt.checks]);
    const fails = await Promise.all(checks.map(({ check }) => check(ctx)));
    return !fails.includes(true);
  };
}
