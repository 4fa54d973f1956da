// What the first middlewares set on every request, and all later ones may rely on.
import type { IncomingMessage } from 'node:http';
import type { DefaultContext, Middleware, ParameterizedContext } from 'koa';

export type State = {
  /** Identifies this request in the log. */
  requestId: string;
  /** The nonce of this response's Content-Security-Policy. */
  nonce: string;
  /** The caller's network address; behind a trusted proxy the one that the proxy reports. */
  address: string;
};

export type Context = ParameterizedContext<State, DefaultContext>;
export type Handler = Middleware<State>;

/** oidc-provider has a context of its own. It finds ours by the raw request. */
const states = new WeakMap<IncomingMessage, State>();
export const rememberState = (req: IncomingMessage, state: State): void => void states.set(req, state);
/**
 * The nonce for a page of the library. @returns an empty string for a request that never passed our
 * middlewares
 */
export const nonceOf = (req: IncomingMessage): string => states.get(req)?.nonce ?? '';
/** The id of the request in the log, which error pages show as a reference. */
export const requestIdOf = (req: IncomingMessage): string => states.get(req)?.requestId ?? '';
export const addressOf = (req: IncomingMessage): string => states.get(req)?.address ?? req.socket.remoteAddress ?? '';
