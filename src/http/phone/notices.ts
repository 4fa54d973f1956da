// Notices of an account at the phone API: listed, and dismissed on this device alone. The link in a notice
// leads to http/guest/disowning-pages.ts.
import { z } from 'zod';
import { credentialChanges, type Notice } from '../../core/notice/notice.ts';
import type { Notices, ShownNotice } from '../../core/notice/notices.ts';
import { type PhoneOperation, phoneOperation } from './operation.ts';
import { instant } from './schemas.ts';

export type PhoneNoticesDeps = { readonly notices: Pick<Notices, 'list' | 'dismiss'> };

/** A notice. Members that do not belong to its `kind` are null. */
const notice = z.object({
  id: z.string(),
  at: instant,
  kind: z.enum(['browser_approved', 'credential_changed', 'check_devices']),
  change: z.enum(credentialChanges).nullable(),
  client: z.object({ id: z.string(), name: z.string() }).nullable(),
  browser: z.object({ name: z.string(), system: z.string() }).nullable(),
  network: z.string().nullable(),
  place: z.string().nullable(),
  device: z.object({ id: z.string(), name: z.string() }).nullable().describe('The phone that approved the sign-in.'),
  not_me: z
    .string()
    .nullable()
    .describe('Page of “This was not me”, which lists what it ends. Null if nothing can be ended.'),
});

/** `GET /notices` and `DELETE /notices/{id}`. */
export const noticeOperations = ({ notices }: PhoneNoticesDeps): PhoneOperation[] => [
  phoneOperation({
    method: 'get',
    path: '/notices',
    summary: 'List the notices of the account on this device',
    operationId: 'listNotices',
    answer: { status: 200, description: 'Newest first.', schema: z.object({ notices: z.array(notice) }) },
    run: async ({ caller: { account, device } }) => ({
      notices: (await notices.list(account.id, device.id)).map(noticeJson),
    }),
  }),
  phoneOperation({
    method: 'delete',
    path: '/notices/{id}',
    summary: 'Dismiss a notice on this device only',
    operationId: 'dismissNotice',
    refuses: ['notice_not_found'],
    answer: { status: 204, description: 'Dismissed.' },
    run: ({ ctx, caller: { account, device } }) => notices.dismiss(account.id, String(ctx.params.id), device.id),
  }),
];

/** `not_me` is the address of the page that disowns the sign-in or change. */
const noticeJson = ({ notice, link }: ShownNotice) => ({
  id: notice.id,
  at: notice.createdAt,
  ...aboutJson(notice),
  not_me: link,
});

/** Every field is there for every kind of notice; null where the kind has none. */
function aboutJson({ about }: Notice) {
  if (about.kind === 'browser_approved') {
    return {
      kind: about.kind,
      change: null,
      client: { id: about.clientId, name: about.clientName },
      browser: { name: about.browserName, system: about.browserSystem },
      network: about.browserAddress,
      place: about.place,
      device: { id: about.deviceId, name: about.deviceName },
    };
  }
  const change = about.kind === 'credential_changed' ? about.change : null;
  return { kind: about.kind, change, client: null, browser: null, network: null, place: null, device: null };
}
