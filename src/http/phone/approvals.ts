// The browsers and screens where this account is signed in, at the phone API: listed, and ended one by one.
import { z } from 'zod';
import { type Approval, type ApprovalId, methodOf, signInMethods } from '../../core/approval/approval.ts';
import type { Approvals } from '../../core/approval/approvals.ts';
import { nameInWords } from '../../i18n/agents.ts';
import { chooseLocale, type Locale, messagesOf } from '../../i18n/locale.ts';
import { placeName } from '../../i18n/places.ts';
import { publishedKind } from '../kit/published-kind.ts';
import { type PhoneOperation, phoneOperation } from './operation.ts';
import { instant } from './schemas.ts';

export type PhoneApprovalsDeps = { readonly approvals: Approvals };

/** A browser or screen where this account is signed in. */
const approval = z.object({
  id: z.string(),
  kind: z.enum(['browser', 'device']),
  method: z
    .enum(signInMethods)
    .describe('How it was signed in. device: the browser is itself a device of the account.'),
  client: z.object({ id: z.string(), name: z.string() }),
  browser: z.object({ name: z.string(), system: z.string() }),
  network: z.string().nullable().describe('IP address of the browser. Null after its retention time.'),
  place: z
    .string()
    .nullable()
    .describe('Place of the browser at the approval: city and country in the requested language.'),
  approved_at: instant,
  trusted: z.boolean(),
});

/**
 * `GET /approvals` and `DELETE /approvals/{id}`. Ending an approval revokes its session, grants and
 * tokens.
 */
export const approvalOperations = ({ approvals }: PhoneApprovalsDeps): PhoneOperation[] => [
  phoneOperation({
    method: 'get',
    path: '/approvals',
    summary: 'List the browsers and screens where this account is signed in',
    operationId: 'listApprovals',
    answer: { status: 200, description: 'Newest first.', schema: z.object({ approvals: z.array(approval) }) },
    async run({ ctx, caller }) {
      const locale = chooseLocale(ctx.get('Accept-Language'));
      return { approvals: (await approvals.list(caller.account.id)).map((each) => approvalJson(each, locale)) };
    },
  }),
  phoneOperation({
    method: 'delete',
    path: '/approvals/{id}',
    summary: 'End an approval: sign out the browser and revoke its grants and tokens',
    operationId: 'endApproval',
    refuses: ['approval_not_found'],
    answer: { status: 204, description: 'Ended.' },
    run: ({ ctx, caller }) => approvals.end(caller.account.id, String(ctx.params.id) as ApprovalId),
  }),
];

/** @param locale the language of the place and of a browser without a name */
const approvalJson = (approval: Approval, locale: Locale) => ({
  id: approval.id,
  kind: publishedKind(approval.kind === 'screen'),
  method: methodOf(approval),
  client: { id: approval.clientId, name: approval.clientName },
  browser: {
    name: nameInWords(approval.browserName, messagesOf[locale].screen.unknown),
    system: approval.browserSystem,
  },
  network: approval.browserAddress,
  place: placeName(approval.browserPlace, locale),
  approved_at: approval.approvedAt,
  trusted: approval.trusted,
});
