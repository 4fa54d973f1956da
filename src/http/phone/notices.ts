// What a device of an account is told: listed, and put away on this device alone. The link in a notice leads to http/guest/disowning-pages.ts.
import Router from '@koa/router';
import type { Notice } from '../../core/notice/notice.ts';
import type { Notices, ShownNotice } from '../../core/notice/notices.ts';
import type { Handler, State } from '../kit/context.ts';
import type { Identity } from '../kit/identity.ts';

export type PhoneNoticesDeps = { readonly notices: Notices; readonly identity: Identity };

export function createPhoneNoticeRoutes({ notices, identity }: PhoneNoticesDeps): Router<State> {
  const list: Handler = async (ctx) => {
    const { account, device } = await identity.read(ctx);
    ctx.body = { notices: (await notices.list(account.id, device.id)).map(noticeJson) };
  };

  const dismiss: Handler = async (ctx) => {
    const { account, device } = await identity.prove(ctx);
    await notices.dismiss(account.id, String(ctx.params.id), device.id);
    ctx.status = 204;
  };

  return new Router<State>({ prefix: '/phone/v1' }).get('/notices', list).delete('/notices/:id', dismiss);
}

const noticeJson = ({ notice, link }: ShownNotice) => ({
  id: notice.id,
  at: notice.createdAt,
  ...aboutJson(notice),
  not_me: link,
});

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
