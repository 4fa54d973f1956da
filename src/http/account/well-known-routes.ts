// Addresses under `/.well-known` by which password managers find the pages of an account (W3C, A Well-Known
// URL for Changing Passwords; W3C, A Well-Known URL for Passkey Endpoints).
import Router from '@koa/router';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { Handler, State } from '../kit/context.ts';
import { seeOther } from '../kit/navigation.ts';

export type WellKnownRoutesDeps = {
  readonly issuer: string;
  readonly passkeys: Pick<Passkeys, 'isPossible'>;
};

export function createWellKnownRoutes({ issuer, passkeys }: WellKnownRoutesDeps): Router<State> {
  const changePassword: Handler = (ctx) => seeOther(ctx, '/account/password');

  /** One page creates passkeys and manages them. */
  const passkeyEndpoints: Handler = (ctx) => {
    const page = `${new URL(issuer).origin}/account/passkeys`;
    ctx.body = passkeys.isPossible ? { enroll: page, manage: page } : {};
  };

  return new Router<State>({ prefix: '/.well-known' })
    .get('/change-password', changePassword)
    .get('/passkey-endpoints', passkeyEndpoints);
}
