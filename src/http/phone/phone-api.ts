// The phone's JSON API (protocol.md 4), for our own pages and for native apps alike: claim, decide, look, list, end.
// Every change carries a proof by the device key; problems have stable codes.
import Router from '@koa/router';
import type { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { Approval, ApprovalId } from '../../core/approval/approval.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import type { Decisions, Review } from '../../core/approval/decisions.ts';
import type { Asks } from '../../core/ask/asks.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { TokenLives } from '../../core/client/access-life.ts';
import type { Device, DeviceId } from '../../core/device/device.ts';
import type { Devices } from '../../core/device/devices.ts';
import { handlePattern } from '../../core/ticket/frame.ts';
import { numbersFor, type ScanChannel, TicketError } from '../../core/ticket/ticket.ts';
import { needsOf, type Tickets } from '../../core/ticket/tickets.ts';
import { nameInWords } from '../../i18n/agents.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { placeName } from '../../i18n/places.ts';
import { readJson } from '../kit/body.ts';
import type { Context, Handler, State } from '../kit/context.ts';
import type { Cookies } from '../kit/cookies.ts';
import type { Identity } from '../kit/identity.ts';
import { publishedKind } from '../kit/published-kind.ts';
import type { RequestLimits } from '../kit/request-limits.ts';
import { approveBody, denyBody, reviewBody, scanBody } from '../kit/schemas.ts';
import { phoneOpenApi } from './openapi.ts';
import type { OpenedFrames } from './opened-frame.ts';
import { requiresJson, reviewJson } from './review-json.ts';

export type PhoneDeps = {
  readonly issuer: string;
  readonly tickets: Tickets;
  readonly approvals: Approvals;
  readonly decisions: Decisions;
  readonly asks: Asks;
  readonly identity: Identity;
  readonly cookies: Cookies;
  readonly openedFrames: OpenedFrames;
  readonly limits: RequestLimits;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly tokenLives: TokenLives;
};

export function createPhoneRoutes({
  issuer,
  tickets,
  approvals,
  decisions,
  asks,
  identity,
  cookies,
  openedFrames,
  limits,
  devices,
  audit,
  tokenLives,
}: PhoneDeps): Router<State> {
  const scan: Handler = async (ctx) => {
    const { account, device, isApp } = await identity.prove(ctx);
    await limits.claim(ctx.state.address, device.id);
    const body = await readJson(ctx, scanBody);
    const { channel, located } = await locate(ctx, body, device);
    const claim = await decisions.claim(located, device, { channel, address: ctx.state.address, isApp });
    ctx.body = { ticket: claim.handle, approval_token: claim.approvalToken, ...claimJson(ctx, claim, account) };
  };

  async function locate(ctx: Context, body: z.infer<typeof scanBody>, device: Device) {
    const { qr, ask, user_code: code = '' } = body;
    if (ask !== undefined) return { channel: 'ask', located: await asks.locate(device.accountId, ask) } as const;
    if (qr === undefined) return { channel: 'user_code', located: await locateTyped(ctx, code, device) } as const;
    const channel = body.channel ?? 'link';
    return { channel, located: await locateFrame(ctx, qr, channel) };
  }

  /** A right one costs nothing; once too many were wrong, right and wrong look alike. */
  async function locateTyped(ctx: Context, code: string, { accountId }: Device) {
    const giveBack = await limits.typedCode(ctx.state.address, accountId);
    const located = await tickets.locateUserCode(code);
    await giveBack();
    return located;
  }

  const claimJson = (ctx: Context, { context, passkeyOptions }: Review, { locale }: Account) => ({
    expires_at: context.ticket.deadlineAt,
    context: reviewJson(context, chooseLocale(ctx.get('Accept-Language'), locale), tokenLives),
    requires: requiresJson(context),
    numbers: numbersFor(context.ticket),
    passkey_options: passkeyOptions,
  });

  const reviewAgain: Handler = async (ctx) => {
    const { account, device } = await identity.prove(ctx);
    await limits.passkey(ctx.state.address);
    const { approval_token: approvalToken } = await readJson(ctx, reviewBody);
    ctx.body = claimJson(ctx, await decisions.reviewAgain({ handle: handleOf(ctx), approvalToken }, device), account);
  };

  /**
   * That a frame came by the scanner is the word of our page or app, signed by the device key like all it says: no server can see a camera.
   * What makes it hard to borrow: only a picture fresh at this moment counts, never an earlier judgement; a frame that this browser opened
   * as a link is not taken (the next one on the screen is); and our page takes frames from its camera only. A person who alters the page
   * or their app deceives nobody but themselves.
   */
  async function locateFrame(ctx: Context, qr: string, channel: ScanChannel) {
    const prefix = `${issuer}/q/`;
    const frame = qr.startsWith(prefix) ? qr.slice(prefix.length) : qr;
    const openedAt = openedFrames.open(cookies.openedFrame(ctx), frame);
    if (channel !== 'scanner') return tickets.locateFrame(frame, openedAt ?? undefined);
    if (openedAt !== null)
      throw new TicketError('frame_stale', 'This code was opened as a link. Scan the screen itself.');
    return tickets.locateFrame(frame);
  }

  const approve: Handler = async (ctx) => {
    const { device, isApp } = await identity.prove(ctx);
    const body = await readJson(ctx, approveBody);
    const wish = { scopes: body.scopes ?? null, trustBrowser: body.trust_browser ?? false };
    const passkey = body.passkey ?? null;
    const number = body.number ?? null;
    const isUserCodeConfirmed = body.user_code_confirmed ?? false;
    const given = { passkey, number, isUserCodeConfirmed, isApp };
    const input = { handle: handleOf(ctx), approvalToken: body.approval_token, ...given, ...wish };
    const { confirmationCode } = await decisions.approve(input, device);
    ctx.body = { state: 'approved', confirmation_code: confirmationCode };
  };

  const deny: Handler = async (ctx) => {
    const { device } = await identity.prove(ctx);
    const body = await readJson(ctx, denyBody);
    await decisions.deny(
      { handle: handleOf(ctx), approvalToken: body.approval_token, report: body.report ?? false },
      device,
    );
    ctx.body = { state: 'denied' };
  };

  const ticket: Handler = async (ctx) => {
    const { device } = await identity.read(ctx);
    const found = await decisions.find(handleOf(ctx), device);
    ctx.body = { state: tickets.state(found), needs: needsOf(found), expires_at: found.deadlineAt };
  };

  const listApprovals: Handler = async (ctx) => {
    const { account } = await identity.read(ctx);
    ctx.body = { approvals: (await approvals.list(account.id)).map((each) => approvalJson(each, localeOf(ctx))) };
  };

  const endApproval: Handler = async (ctx) => {
    const { account } = await identity.prove(ctx);
    await approvals.end(account.id, String(ctx.params.id) as ApprovalId);
    ctx.status = 204;
  };

  const listDevices: Handler = async (ctx) => {
    const { account, device } = await identity.read(ctx);
    ctx.body = { devices: (await devices.list(account.id)).map((each) => deviceJson(each, device.id)) };
  };

  const removeDevice: Handler = async (ctx) => {
    const { account } = await identity.prove(ctx);
    const id = String(ctx.params.id) as DeviceId;
    await devices.remove(account.id, id);
    await audit.deviceRemoved({ accountId: account.id, deviceId: id, address: ctx.state.address }, 'owner');
    ctx.status = 204;
  };

  const openApi: Handler = (ctx) => {
    ctx.body = phoneOpenApi(issuer);
  };

  return new Router<State>({ prefix: '/phone/v1' })
    .get('/openapi.json', openApi)
    .post('/scan', scan)
    .get('/tickets/:handle', ticket)
    .post('/tickets/:handle/review', reviewAgain)
    .post('/tickets/:handle/approve', approve)
    .post('/tickets/:handle/deny', deny)
    .get('/approvals', listApprovals)
    .delete('/approvals/:id', endApproval)
    .get('/devices', listDevices)
    .delete('/devices/:id', removeDevice);
}

const localeOf = (ctx: Context): Locale => chooseLocale(ctx.get('Accept-Language'));

/** @throws TicketError `ticket_not_found`: malformed and unknown handles look alike. */
function handleOf(ctx: Context): string {
  const handle = String(ctx.params.handle);
  if (!handlePattern.test(handle)) throw new TicketError('ticket_not_found', 'There is no such ticket.');
  return handle;
}

/** `current`: the one that asks. */
const deviceJson = (device: Device, currentId: DeviceId) => ({
  id: device.id,
  name: device.label ?? device.name,
  network: device.address,
  signed_in_at: device.authenticatedAt,
  last_used_at: device.lastUsedAt,
  current: device.id === currentId,
});

export const approvalJson = (approval: Approval, locale: Locale) => ({
  id: approval.id,
  kind: publishedKind(approval.kind === 'screen'),
  client: { id: approval.clientId, name: approval.clientName },
  browser: {
    name: nameInWords(approval.browserName, messagesOf[locale].device.unknown),
    system: approval.browserSystem,
  },
  network: approval.browserAddress,
  place: placeName(approval.browserPlace, locale),
  approved_at: approval.approvedAt,
  trusted: approval.trusted,
});
