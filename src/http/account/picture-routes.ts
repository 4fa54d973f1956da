// Pictures of accounts. The owner's page sends one as the body to `/account/profile/picture`. Any site may
// show it from `/picture/<sha256>`, which the `picture` claim names (OIDC Core §5.1).
// Caches keep it for an hour only, so that a removed picture disappears.
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

/** How long caches may keep a picture. */
const keptSeconds = 3600;

export function createPictureRoutes({ pictures, identity, audit, freshnessOf }: PictureRoutesDeps): Router<State> {
  /** Serves a picture to any site. It cannot run anything: the policy forbids scripts and sandboxes it. */
  const show: Handler = async (ctx) => {
    const picture = await pictures.find(String(ctx.params.hash));
    if (!picture) throw new HttpError('not_found', 'There is no such picture.');
    ctx.set('Content-Security-Policy', "default-src 'none'; sandbox");
    ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
    ctx.set('Cache-Control', `public, max-age=${keptSeconds}`);
    ctx.set('Content-Type', picture.type);
    ctx.body = picture.body;
  };

  /**
   * Stores the picture of the owner. @throws DeviceError `not_signed_in`, `device_proof_…`,
   * `reauthentication_required`, AccountError `picture_…`
   */
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

/** Says the limit of pictures where the body was too large. */
function tooLarge(error: unknown): never {
  if (error instanceof HttpError && error.code === 'body_too_large')
    throw new AccountError('picture_too_large', 'A picture has 100 KiB at most.');
  throw error;
}
