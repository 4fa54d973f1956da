// Dynamic client registration over HTTP (RFC 7591 §3, RFC 7592 §2), off unless configured. Errors have the
// form of these specifications, because standard libraries read them.
import Router from '@koa/router';
import { z } from 'zod';
import { byClient } from '../../core/audit/actor.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { type Client, ClientError } from '../../core/client/client.ts';
import { RegistrationError, type Registrations, registeredMetadata } from '../../core/client/registrations.ts';
import { bareAddress, maxValueLength, type Refusal } from '../../core/refusal/refusal.ts';
import { plainText } from '../../plain-text.ts';
import { readJson } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import { refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';

export type RegistrationDeps = {
  readonly issuer: string;
  readonly registrations: Registrations;
  readonly audit: Audit;
  readonly limits: RequestLimits;
  /** Reports a refused request of a client. Returns at once and never throws. */
  readonly onRefusal: (refusal: Refusal, ctx: Context) => void;
};

const path = '/registration';
/** Any JSON object: core/client judges its members. */
const metadataBody = z.looseObject({});

/**
 * `POST /registration`, and `GET`, `PUT` and `DELETE /registration/:id` with the registration access
 * token.
 */
export function createRegistrationRoutes({
  issuer,
  registrations,
  audit,
  limits,
  onRefusal,
}: RegistrationDeps): Router<State> {
  /** The client information response (RFC 7591 §3.2.1). The secret is in it only once. */
  const shown = (client: Client, registrationToken: string, secret: string | null = null) => ({
    ...registeredMetadata(client),
    registration_access_token: registrationToken,
    registration_client_uri: `${issuer}${path}/${encodeURIComponent(client.id)}`,
    // 0 means that it does not expire (RFC 7591 §3.2.1).
    ...(secret && { client_secret: secret, client_secret_expires_at: 0 }),
  });
  const idOf = (ctx: Context): string => String(ctx.params.id);

  const register: Handler = async (ctx) => {
    await limits.token(ctx.state.address);
    const metadata = await readJson(ctx, metadataBody);
    const { client, secret, registrationToken } = await registrations.register(bearerOf(ctx), metadata);
    await audit.clientChanged(
      'client.created',
      { by: byClient(client.id), subject: client.id },
      { initial_token: client.registration?.by ?? '' },
    );
    ctx.status = 201;
    ctx.body = shown(client, registrationToken, secret);
  };

  const read: Handler = async (ctx) => {
    const token = bearerOf(ctx);
    ctx.body = shown(await registrations.read(idOf(ctx), token), token);
  };

  const replace: Handler = async (ctx) => {
    const metadata = await readJson(ctx, metadataBody);
    const { client, secret, registrationToken } = await registrations.replace(idOf(ctx), bearerOf(ctx), metadata);
    await audit.clientChanged('client.changed', { by: byClient(client.id), subject: client.id }, {});
    ctx.body = shown(client, registrationToken, secret);
  };

  const remove: Handler = async (ctx) => {
    await registrations.remove(idOf(ctx), bearerOf(ctx));
    await audit.clientChanged('client.deleted', { by: byClient(idOf(ctx)), subject: idOf(ctx) }, {});
    ctx.status = 204;
  };

  const router = new Router<State>({ prefix: path });
  router.use(inProtocolErrors(onRefusal));
  router.post('/', register).get('/:id', read).put('/:id', replace).delete('/:id', remove);
  return router;
}

/** The bearer token of the Authorization header (RFC 6750 §2.1); empty when there is none. */
const bearerOf = (ctx: Context): string => /^Bearer ([\w-]{43})$/i.exec(ctx.get('Authorization'))?.[1] ?? '';

/** Translates our errors into those of RFC 7591 §3.2.2 and RFC 6750 §3, and reports each. */
const inProtocolErrors =
  (onRefusal: RegistrationDeps['onRefusal']): Handler =>
  async (ctx, next) => {
    try {
      await next();
    } catch (cause) {
      const { error, status, description, retryAfterSeconds } = protocolError(cause);
      ctx.status = status;
      if (retryAfterSeconds !== undefined) ctx.set('Retry-After', String(retryAfterSeconds));
      if (status === 401) ctx.set('WWW-Authenticate', 'Bearer error="invalid_token"');
      ctx.body = { error, error_description: description };
      const facts = {
        error,
        description: plainText(description, maxValueLength),
        ...(await wrongRedirectUri(ctx, cause)),
      };
      // A wrong client is the answer to its own token only; to a stranger the id says nothing.
      const clientId = cause instanceof ClientError && typeof ctx.params?.id === 'string' ? ctx.params.id : null;
      onRefusal({ event: 'registration.refused', clientId, facts }, ctx);
    }
  };

/** The redirect URI that was refused; nothing where another member was. */
async function wrongRedirectUri(ctx: Context, cause: unknown): Promise<{ redirect_uri?: string }> {
  const problems = cause instanceof ClientError ? cause.problems : [];
  const index = problems.map(({ path: of }) => /^redirect_uris\.(\d+)$/.exec(of)?.[1]).find((found) => found);
  if (index === undefined) return {};
  const { redirect_uris: sent } = await readJson(ctx, metadataBody);
  const uri: unknown = Array.isArray(sent) ? sent[Number(index)] : undefined;
  return typeof uri === 'string' ? { redirect_uri: plainText(bareAddress(uri), maxValueLength) } : {};
}

type ProtocolError = { error: string; status: number; description: string; retryAfterSeconds?: number | undefined };

/** @throws `cause` itself when it is a failure of ours, which belongs into the log */
function protocolError(cause: unknown): ProtocolError {
  if (cause instanceof RegistrationError) return { error: 'invalid_token', status: 401, description: cause.message };
  if (!(cause instanceof ClientError) || cause.code !== 'client_metadata_invalid') return otherError(cause);
  const isRedirect = cause.problems.some((problem) => problem.path.startsWith('redirect_uris'));
  return {
    error: isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    status: 400,
    description: printable(cause.message),
  };
}

/** An unreadable body, a limit and the like, in the same shape. @throws `cause` */
function otherError(cause: unknown): ProtocolError {
  const { status, message, facts } = refusalFor(cause);
  if (status === 500) throw cause;
  const error = status === 429 || status === 503 ? 'temporarily_unavailable' : 'invalid_client_metadata';
  return { error, status, description: printable(message), retryAfterSeconds: facts.retryAfterSeconds };
}

/** `error_description` is printable ASCII without quotes and backslashes (RFC 6749 §5.2). */
const printable = (text: string): string => text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '?');
