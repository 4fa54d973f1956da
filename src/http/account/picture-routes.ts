// Pictures of accounts: sent by their owner's page as the body itself, at `/account/profile/picture`; served at `/picture/<sha256>`, which the
// `picture` claim names (OIDC Core §5.1), to whatever site shows it. It is not cached for long: a picture that was removed shall go.
import Router from '@koa/router';
import { AccountError } from '../../core/account/account.ts';
import type { Pictures } from '../../core/account/pictures.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { maxLogoBytes } from '../../core/client/logo.ts';
import { readBytes } from '../kit/body.ts';
import type { Handler, State } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';
import { HttpError } from '../kit/refusals.ts';
import type { FreshnessOf } from './freshness.ts';
import { needsProof } from './owner-pages.ts';

export type PictureRoutesDeps = {
  readonly pictures: Pictures;
  readonly identity: Identity;
  readonly audit: Audit;
  readonly freshnessOf: FreshnessOf;
};

const keptSeconds = 3600;

export function createPictureRoutes({ pictures, identity, audit, freshnessOf }: PictureRoutesDeps): Router<State> {
  const show: Handler = async (ctx) => {
    const picture = await pictures.find(String(ctx.params.hash));
    if (!picture) throw new HttpError('not_found', 'There is no such picture.');
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.set('Cache-Control', `public, max-age=${keptSeconds}`);
    ctx.set('Content-Type', picture.type);
    ctx.body = picture.body;
  };

  const set: Handler = async (ctx) => {
    const owner = await identity.proveBrowser(ctx);
    if (!(await freshnessOf(owner)).isFresh) throw needsProof();
    const { account } = owner;
    const body = await readBytes(ctx, maxLogoBytes).catch(tooLarge);
    await pictures.set(account.id, { body, type: ctx.get('Content-Type') });
    await audit.accountChanged(account.id, byAccount(account), { fields: 'picture' });
    ctx.status = 204;
  };

  return new Router<State>().get('/picture/:hash', show).post('/account/profile/picture', set);
}

function tooLarge(error: unknown): never {
  if (error instanceof HttpError && error.code === 'body_too_large')
    throw new AccountError('picture_too_large', 'A picture has 100 KiB at most.');
  throw error;
}
