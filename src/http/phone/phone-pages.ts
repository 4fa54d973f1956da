// The phone's pages (protocol.md section 4): signing in, typing the code, the page that a QR code leads to,
// signing out. Opening a link changes nothing. Claims and decisions go through the JSON API (phone-api.ts).
import Router from '@koa/router';
import type { Clock } from '../../clock.ts';
import type { Account } from '../../core/account/account.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { Decisions } from '../../core/approval/decisions.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { DeviceError } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import type { Notices } from '../../core/notice/notices.ts';
import type { Pushes } from '../../core/push/pushes.ts';
import type { Tickets } from '../../core/ticket/tickets.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import type { Assets } from '../kit/assets.ts';
import { readForm, readJson } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { ProofDeps } from '../kit/device-proof.ts';
import { createDeviceSignIn } from '../kit/device-sign-in.ts';
import type { Identity, SignedInDevice } from '../kit/identity.ts';
import type { IsKnownBrowser } from '../kit/known-browser.ts';
import { seeOther } from '../kit/navigation.ts';
import type { Pages } from '../kit/pages.ts';
import { phonePasskeyBody } from '../kit/passkey-schemas.ts';
import { type RefusalCode, refusalFor } from '../kit/refusals.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { allowScanner } from '../kit/security-headers.ts';
import type { OpenedFrames } from './opened-frame.ts';
import { createPhonePasskey } from './passkey-sign-in.ts';
import { createPhoneViews } from './phone-views.ts';
import { createPhoneApp } from './web-app.ts';

export type PhonePagesDeps = {
  readonly issuer: string;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly decisions: Pick<Decisions, 'takesOnlyScans'>;
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly devices: Devices;
  readonly identity: Identity;
  readonly cookies: Cookies;
  readonly openedFrames: OpenedFrames;
  readonly proofs: ProofDeps;
  readonly pages: Pages;
  readonly assets: Assets;
  readonly limits: RequestLimits;
  readonly pushes: Pushes;
  readonly audit: Audit;
  readonly notices: Pick<Notices, 'list'>;
  readonly clock: Clock;
  readonly isSignUpOpen: boolean;
  readonly isKnownBrowser: IsKnownBrowser;
  readonly emails: { readonly isOn: boolean };
};

export function createPhonePageRoutes(deps: PhonePagesDeps): Router<State> {
  const { issuer, tickets, identity, cookies, audit, clock } = deps;
  const views = createPhoneViews(deps.pages);
  const deviceSignIn = createDeviceSignIn(deps);
  const byPasskey = createPhonePasskey(deps);

  /** Somebody who is signed in reads in the language of their account. */
  const shared = (ctx: Context, account: Account | null = null) => ({
    locale: chooseLocale(ctx.get('Accept-Language'), account?.locale),
    nonce: ctx.state.nonce,
    now: clock(),
  });

  /**
   * `GET /q`: the scanner, requests that wait, notices and the newest approvals; the sign-in form for a
   * stranger.
   */
  const home: Handler = async (ctx) => {
    const signedIn = await identity.byCookie(ctx);
    const returnTo = 'scan' in ctx.query ? '/q?scan' : '/q';
    if (!signedIn) return signInPage(ctx, { returnTo, refusal: null, username: '' });
    allowScanner(ctx);
    const approvals = await deps.approvals.list(signedIn.account.id, 10);
    ctx.type = 'html';
    ctx.body = views.home({
      ...shared(ctx, signedIn.account),
      displayName: signedIn.account.displayName,
      approvals,
      notices: await deps.notices.list(signedIn.account.id, signedIn.device.id),
      ...(await ringing(signedIn)),
    });
  };

  /** Whether sign-in requests ring this phone, and the public key to subscribe with (RFC 8292). */
  const ringing = async ({ device }: SignedInDevice) => ({
    isRung: device.sealedPush !== undefined,
    pushKey: await deps.pushes.publicKey(),
  });

  /** Where a push notification leads. Only the claim tells whether there is such a request. */
  const asked: Handler = async (ctx) => {
    const ask = String(ctx.params.ask);
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn) return signInPage(ctx, { returnTo: `/q/ask/${ask}`, refusal: null, username: '' });
    ctx.type = 'html';
    ctx.body = views.review({
      ...shared(ctx, signedIn.account),
      frame: '',
      ask,
      displayName: signedIn.account.displayName,
    });
  };

  /**
   * `GET /q/:frame`: where a QR code leads. Reading it claims nothing, since link previews and prefetching
   * open it too.
   * @throws TicketError `frame_stale`, `ticket_not_found`, `ticket_expired`
   */
  const landing: Handler = async (ctx) => {
    const frame = String(ctx.params.frame);
    // A reload after the claim comes minutes later. The first time that the frame was opened counts.
    const openedAt = deps.openedFrames.open(cookies.openedFrame(ctx), frame);
    const { ticket } = await tickets.locateFrame(frame, openedAt ?? undefined);
    // The code of a screen never becomes stale, so nothing is remembered and the scanner may read it later.
    if (openedAt === null && !ticket.screen) cookies.setOpenedFrame(ctx, deps.openedFrames.seal(frame, clock()));
    if (await deps.decisions.takesOnlyScans(ticket)) return scanInstead(ctx);
    const signedIn = await identity.byCookie(ctx);
    if (!signedIn) return signInPage(ctx, { returnTo: `/q/${frame}`, refusal: null, username: '' });
    ctx.type = 'html';
    ctx.body = views.review({
      ...shared(ctx, signedIn.account),
      frame,
      ask: '',
      displayName: signedIn.account.displayName,
    });
  };

  /** The ticket stays unclaimed, so the screen keeps showing the code that the scanner has to read. */
  function scanInstead(ctx: Context): void {
    ctx.type = 'html';
    ctx.body = deps.pages.refusal({ ...shared(ctx), code: 'scanner_required' });
  }

  /** `GET /sign-in`. Somebody who is signed in proves again who they are. */
  const signInForm: Handler = async (ctx) => {
    const signedIn = await identity.byCookie(ctx);
    const returnTo = safeReturnTo(String(ctx.query.return_to ?? ''));
    // `?switch`: the person wants to sign in to another account.
    const known = ctx.query.switch === undefined ? signedIn : null;
    signInPage(ctx, {
      returnTo,
      refusal: null,
      username: known?.account.username ?? '',
      isReauthentication: known !== null,
    });
  };

  /**
   * `POST /sign-in`: a correct password makes this browser a device, with the key that the form proves to
   * hold.
   */
  const signIn: Handler = async (ctx) => {
    const form = await readForm(ctx);
    const username = form.get('username') ?? '';
    const returnTo = safeReturnTo(form.get('return_to') ?? '');
    try {
      const keyThumbprint = await deviceSignIn.keyOf(ctx, form.get('device_proof'));
      const account = await verifyPassword(ctx, username, form.get('password') ?? '');
      await deviceSignIn.open(ctx, account, keyThumbprint, 'password');
    } catch (error) {
      const refusal = refusalFor(error);
      if (refusal.status >= 500) throw error;
      ctx.status = refusal.status;
      if (refusal.facts.retryAfterSeconds !== undefined)
        ctx.set('Retry-After', String(refusal.facts.retryAfterSeconds));
      return signInPage(ctx, { returnTo, refusal: refusal.code, username });
    }
    seeOther(ctx, returnTo);
  };

  /** The device key signs this request, as it will sign decisions. */
  const signInByPasskey: Handler = async (ctx) => {
    const body = await readJson(ctx, phonePasskeyBody);
    if (!body.passkey) return byPasskey.ask(ctx);
    const keyThumbprint = await deviceSignIn.keyOf(ctx, ctx.get('DPoP') || undefined);
    await deviceSignIn.open(ctx, await byPasskey.prove(ctx, body.passkey), keyThumbprint, 'passkey');
    ctx.body = { location: safeReturnTo(body.return_to ?? '') };
  };

  /**
   * Verifies the password and records a failure.
   * @throws AccountError for a wrong password, too many attempts or a disabled account
   */
  async function verifyPassword(ctx: Context, username: string, password: string): Promise<Account> {
    const { address } = ctx.state;
    try {
      const isKnown = () => deps.isKnownBrowser(ctx, username);
      return await deps.accounts.verifyCredentials({ username, password, address, isKnown });
    } catch (error) {
      await audit.signInFailed({ address }, refusalFor(error).code);
      throw error;
    }
  }

  /**
   * `POST /sign-out`: removes the device of this browser. Its cookie is cleared even when it was unknown.
   */
  const signOut: Handler = async (ctx) => {
    const signedIn = await identity.byCookie(ctx);
    if (signedIn) await removeDevice(ctx, signedIn);
    cookies.clearDevice(ctx);
    seeOther(ctx, '/q');
  };

  async function removeDevice(ctx: Context, { device, account }: SignedInDevice): Promise<void> {
    await deps.devices.remove(account.id, device.id).catch((error: unknown) => {
      // Two sign-outs at once have the same result.
      if (!(error instanceof DeviceError)) throw error;
    });
    await audit.deviceRemoved({ accountId: account.id, deviceId: device.id, address: ctx.state.address }, 'sign_out');
  }

  /** Draws the sign-in form, perhaps with a refusal. */
  function signInPage(
    ctx: Context,
    view: { returnTo: string; refusal: RefusalCode | null; username: string; isReauthentication?: boolean },
  ): void {
    ctx.type = 'html';
    const host = new URL(issuer).host;
    ctx.body = views.signIn({
      ...shared(ctx),
      host,
      isReauthentication: false,
      hasPasskey: deps.passkeys.isPossible,
      canSignUp: deps.isSignUpOpen,
      canReset: deps.emails.isOn,
      ...view,
    });
  }

  const app = createPhoneApp(deps);
  return new Router<State>()
    .get('/manifest.webmanifest', app.manifest)
    .get('/service-worker.js', app.serviceWorker)
    .get(app.offlinePath, app.offline)
    .get('/q', home)
    .get('/q/:frame', landing)
    .get('/q/ask/:ask', asked)
    .get('/sign-in', signInForm)
    .post('/sign-in', signIn)
    .post('/sign-in/passkey', signInByPasskey)
    .post('/sign-out', signOut);
}

/**
 * Returns `path` when it is one of our phone or account pages, else the phone's home. It never names
 * another site (an open redirect would lend our name), and no dot segment, which a browser would resolve
 * to a page that is not listed.
 */
export function safeReturnTo(path: string): string {
  return ownPages.some((page) => page.test(path)) ? path : '/q';
}

const ownPages = [
  /^\/account(\/(browsers|sites|devices|passkeys|password|recovery-codes|activity|profile|data))?$/,
  /^\/q(\?scan|\/(ask\/)?(?!\.{1,2}$)[A-Za-z0-9_.-]{1,64})?$/,
  /^\/interaction\/[A-Za-z0-9_-]{1,64}$/,
];
