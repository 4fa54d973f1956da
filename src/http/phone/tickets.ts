// A ticket at the phone API (protocol.md section 4): claim what was scanned or typed, look at it, approve
// it or deny it.
import { z } from 'zod';
import type { Account } from '../../core/account/account.ts';
import type { ApproveInput, Decisions, Review } from '../../core/approval/decisions.ts';
import { numberWrong } from '../../core/approval/number-rule.ts';
import type { TokenLives } from '../../core/client/access-life.ts';
import type { Device } from '../../core/device/device.ts';
import { handlePattern } from '../../core/ticket/frame.ts';
import { TicketError } from '../../core/ticket/ticket.ts';
import { numbersFor } from '../../core/ticket/transition.ts';
import { needsOf } from '../../core/ticket/waiting-page.ts';
import { chooseLocale } from '../../i18n/locale.ts';
import type { Repeats } from '../../oidc/repeats.ts';
import type { Context } from '../kit/context.ts';
import { type PhoneOperation, phoneOperation } from './operation.ts';
import { requiresJson, reviewJson } from './review-json.ts';
import { instant } from './schemas.ts';
import { createTicketLocator, type TicketLocatorDeps } from './ticket-locator.ts';
import {
  approvalRefusals,
  approveBody,
  claimRefusals,
  decisionRefusals,
  denyBody,
  review,
  reviewBody,
  scanBody,
  states,
} from './ticket-schemas.ts';

export type PhoneTicketsDeps = TicketLocatorDeps & {
  readonly decisions: Decisions;
  readonly repeats: Repeats;
  readonly tokenLives: TokenLives;
};

/** What a decision led to, as it is repeated. An approval with a wrong number denies. */
type Decided = { readonly state: 'approved'; readonly confirmationCode: string | null } | { readonly state: 'denied' };

/** Stands in the document for a token that only a claim can give. */
const exampleToken = 'as the claim returned it';

/** The operations of a ticket. Only the device that claimed a ticket can see it or decide about it. */
export function ticketOperations(deps: PhoneTicketsDeps): PhoneOperation[] {
  const { tickets, decisions, limits } = deps;
  const locate = createTicketLocator(deps);

  /**
   * The members that a claim and a repeated review share. `locale` of the account wins over the browser's.
   */
  const reviewAnswer = (
    ctx: Context,
    { context, passkeyOptions }: Review,
    { locale, username, displayName }: Account,
  ) => ({
    expires_at: context.ticket.deadlineAt,
    account: { username, name: displayName },
    context: reviewJson(context, chooseLocale(ctx.get('Accept-Language'), locale), deps.tokenLives),
    requires: requiresJson(context),
    numbers: numbersFor(context.ticket)?.slice() ?? null,
    passkey_options: passkeyOptions,
  });

  async function approve(input: ApproveInput, device: Device): Promise<Decided> {
    try {
      const { confirmationCode } = await decisions.approve(input, device);
      return { state: 'approved', confirmationCode };
    } catch (error) {
      if (error instanceof TicketError && error.code === 'number_wrong') return { state: 'denied' };
      throw error;
    }
  }

  /**
   * Decides once. The same device that sends the same decision again, with the same approval token, gets the
   * same answer while the ticket says so. Everything else is decided anew, and refused.
   */
  async function decide(ctx: Context, device: Device, sent: object, work: () => Promise<Decided>): Promise<Decided> {
    const handle = handleOf(ctx);
    const answered = await deps.repeats.once(JSON.stringify([ctx.path, device.id, sent]), async () => {
      const answer = await work();
      return { answer, until: (await decisions.find(handle, device)).endsAt };
    });
    if (answered && !answered.isRepeated) return answered.answer;
    const state = tickets.state(await decisions.find(handle, device));
    const isStill = state === answered?.answer.state || (state === 'consumed' && answered?.answer.state === 'approved');
    return answered && isStill ? answered.answer : work();
  }

  return [
    phoneOperation({
      method: 'post',
      path: '/scan',
      summary: 'Claim a ticket: the first device wins',
      operationId: 'scan',
      body: scanBody,
      example: { user_code: 'BCDF-GHJK' },
      refuses: claimRefusals,
      answer: {
        status: 200,
        description: 'Claimed.',
        schema: z.object({ ticket: z.string(), approval_token: z.string(), ...review.shape }),
      },
      limit: (ctx, { device }) => limits.claim(ctx.state.address, device.id),
      async run({ ctx, caller: { account, device, isApp }, body }) {
        const { channel, located } = await locate(ctx, body, device);
        const claim = await decisions.claim(located, device, { channel, address: ctx.state.address, isApp });
        return { ticket: claim.handle, approval_token: claim.approvalToken, ...reviewAnswer(ctx, claim, account) };
      },
    }),
    phoneOperation({
      method: 'get',
      path: '/tickets/{handle}',
      summary: 'Read the state of a ticket that this device claimed',
      operationId: 'getTicket',
      refuses: ['ticket_not_found'],
      answer: {
        status: 200,
        description: 'State of the ticket.',
        schema: z.object({ state: z.enum(states), needs: z.string().nullable(), expires_at: instant }),
      },
      async run({ ctx, caller }) {
        const found = await decisions.find(handleOf(ctx), caller.device);
        return { state: tickets.state(found), needs: needsOf(found), expires_at: found.deadlineAt };
      },
    }),
    phoneOperation({
      method: 'post',
      path: '/tickets/{handle}/review',
      summary: 'Read a claimed ticket again, with a new passkey challenge',
      operationId: 'review',
      body: reviewBody,
      example: { approval_token: exampleToken },
      refuses: ['rate_limited', ...decisionRefusals],
      answer: { status: 200, description: 'Present state of the ticket.', schema: review },
      limit: (ctx) => limits.passkey(ctx.state.address),
      async run({ ctx, caller: { account, device }, body }) {
        const claim = { handle: handleOf(ctx), approvalToken: body.approval_token };
        return reviewAnswer(ctx, await decisions.reviewAgain(claim, device), account);
      },
    }),
    phoneOperation({
      method: 'post',
      path: '/tickets/{handle}/approve',
      summary: 'Approve a sign-in',
      operationId: 'approve',
      body: approveBody,
      example: { approval_token: exampleToken, scopes: ['openid'] },
      refuses: approvalRefusals,
      answer: {
        status: 200,
        description: 'Approved.',
        schema: z.object({ state: z.literal('approved'), confirmation_code: z.string().nullable() }),
      },
      async run({ ctx, caller: { device, isApp }, body }) {
        const input = {
          handle: handleOf(ctx),
          approvalToken: body.approval_token,
          passkey: body.passkey ?? null,
          number: body.number ?? null,
          isUserCodeConfirmed: body.user_code_confirmed ?? false,
          isApp,
          scopes: body.scopes ?? null,
          trustBrowser: body.trust_browser ?? false,
        };
        const decided = await decide(ctx, device, body, () => approve(input, device));
        if (decided.state === 'denied') throw numberWrong();
        return { state: decided.state, confirmation_code: decided.confirmationCode };
      },
    }),
    phoneOperation({
      method: 'post',
      path: '/tickets/{handle}/deny',
      summary: 'Deny a sign-in, and optionally report it',
      operationId: 'deny',
      body: denyBody,
      example: { approval_token: exampleToken, report: true },
      refuses: decisionRefusals,
      answer: { status: 200, description: 'Denied.', schema: z.object({ state: z.literal('denied') }) },
      async run({ ctx, caller, body }) {
        const input = { handle: handleOf(ctx), approvalToken: body.approval_token, report: body.report ?? false };
        await decide(ctx, caller.device, body, async () => {
          await decisions.deny(input, caller.device);
          return { state: 'denied' };
        });
        return { state: 'denied' as const };
      },
    }),
  ];
}

/** @throws TicketError `ticket_not_found`: malformed and unknown handles look alike. */
function handleOf(ctx: Context): string {
  const handle = String(ctx.params.handle);
  if (!handlePattern.test(handle)) throw new TicketError('ticket_not_found', 'There is no such ticket.');
  return handle;
}
