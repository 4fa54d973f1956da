// What the first middlewares put at every request's side, and later ones may rely on.
import type { IncomingMessage } from 'node:http';
import type { DefaultContext, Middleware, ParameterizedContext } from 'koa';

export type State = {
  /** Names this request in the log. */
  requestId: string;
  /** For this answer's Content-Security-Policy. */
  nonce: string;
  /** The caller's network address, a trusted proxy's word counted. */
  address: string;
};

export type Context = ParameterizedContext<State, DefaultContext>;
export type Handler = Middleware<State>;

/** The oidc-provider has a context of its own; by the raw request it finds ours. */
const states = new WeakMap<IncomingMessage, State>();
export const rememberState = (req: IncomingMessage, state: State): void => void states.set(req, state);
export const nonceOf = (req: IncomingMessage): string => states.get(req)?.nonce ?? '';
export const addressOf = (req: IncomingMessage): string => states.get(req)?.address ?? req.socket.remoteAddress ?? '';
