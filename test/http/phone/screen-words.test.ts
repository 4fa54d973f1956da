// A device without a browser in words: by its client and a name that a person understands, on the phone, in
// lists and in the audit trail.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents } from '../../../src/core/audit/audit-record.ts';
import { describeForOwner } from '../../../src/http/account/activity-words.ts';
import { describeInWords } from '../../../src/http/console/activity/record-words.ts';
import { disowningBody } from '../../../src/http/guest/guest-views.ts';
import { describeDevice } from '../../../src/http/kit/user-agent.ts';
import { unknownDevice } from '../../../src/i18n/agents.ts';
import { type Locale, messagesOf } from '../../../src/i18n/locale.ts';
import { fill } from '../../../src/i18n/text.ts';
import { buildRecord } from '../../store/records.ts';
import { openMachine } from '../../support/admin-machine.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsole } from '../../support/console-visitor.ts';
import { createScreen } from '../../support/screen.ts';
import { approveFor } from '../../support/signed-in.ts';
import type { VirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

const tv = {
  client_id: 'tv',
  client_name: 'Tea TV',
  token_endpoint_auth_method: 'none',
  grant_types: [],
  scope: 'openid',
  device_grant: true,
};
const web = {
  client_id: 'web',
  client_name: 'Tea shop',
  token_endpoint_auth_method: 'none',
  redirect_uris: ['https://web.example/cb'],
};

let app: TestApp;
let phone: VirtualPhone;
let admin: Awaited<ReturnType<typeof openConsole>>;
beforeAll(async () => {
  app = await startApp({ clients: [tv, web] });
  phone = await app.phone('bob');
  admin = await openConsole(app, 'alice', ['administrator']);
});
afterEach(() => {
  app.time.shiftSeconds = 0;
});
afterAll(() => app.stop());

const begin = (agent: string) => createScreen(app.issuer, 'tv', { 'user-agent': agent }).begin();
const textOf = (html: string) => html.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');

describe('the name of a screen', () => {
  it.each([
    ['Tea House TV/2.1 (Linux; Android 12)', 'Tea House TV', 'Android'],
    ['客厅 电视', '客厅 电视', ''],
    ['tessera on build-client-2.lan', 'tessera on build-client-2.lan', ''],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36', 'Chrome', 'Linux'],
    ['openid-client/v6.8.5 (https://github.com/panva/openid-client)', unknownDevice, ''],
    ['node', unknownDevice, ''],
    ['curl/8.5.0', unknownDevice, ''],
    ['Dalvik/2.1.0 (Linux; U; Android 11; SHIELD)', unknownDevice, 'Android'],
    ['Symfony HttpClient (Curl)', unknownDevice, ''],
    ['<b>TV</b>', unknownDevice, ''],
    ['\u202EVT aeT', unknownDevice, ''],
    ['\u3164 \u3164', unknownDevice, ''],
    ['', unknownDevice, ''],
  ])('%s: %s', (header, name, system) => {
    expect(describeDevice(header)).toEqual({ name, system });
  });

  it.each([
    ['客厅 电视/2.1', '客厅 电视'],
    ['Televisión del salón', 'Televisión del salón'],
  ])('B10 keeps the letters that it sent: %s', async (written, name) => {
    const { user_code } = await begin(Buffer.from(written).toString('latin1'));
    expect((await phone.scan({ user_code })).context.browser).toMatchObject({ name });
  });

  it('is read as Latin-1 when it is not UTF-8', async () => {
    const { user_code } = await begin('Wohnzimmer f\u00fcr alle');
    expect((await phone.scan({ user_code })).context.browser).toMatchObject({ name: 'Wohnzimmer für alle' });
  });

  it('is shown in the reader’s language, after the client', async () => {
    const screen = createScreen(app.issuer, 'tv', { 'user-agent': 'openid-client/v6.8.5' });
    const { device_code, user_code } = await screen.begin();
    const claim = await phone.scan({ user_code });
    expect(claim.context.browser).toMatchObject({ name: 'Unknown device', system: '' });
    await phone.approve(claim, { user_code_confirmed: true });
    expect((await screen.poll(device_code)).status).toBe(200);
    const zh = { 'accept-language': 'zh-CN' };
    const { approvals } = (await phone.call('GET', '/phone/v1/approvals', undefined, zh)).body;
    expect(approvals).toMatchObject([{ kind: 'device', client: { name: 'Tea TV' }, browser: { name: '未知设备' } }]);
    for (const path of ['/q', '/account/browsers']) {
      const page = await fetch(`${app.issuer}${path}`, {
        headers: { ...zh, cookie: phone.cookie, accept: 'text/html' },
      });
      expect(textOf(await page.text()), path).toMatch(/Tea TV 未知设备/);
    }
  });
});

describe('a screen that was reported', () => {
  it.each(Object.entries(messagesOf))('B16 is blocked for a day, and the page says so: %s', (locale, all) => {
    const about = { ticketId: '', clientId: '', clientName: 'Tea TV', browserHash: '', browserName: 'Tea House TV' };
    const rest = { browserSystem: '', browserAddress: '192.0.2.1', place: null, deviceId: '', deviceName: 'Phone' };
    const view = { locale: locale as Locale, nonce: '', now: 1, path: '', approvedAt: 0, disownedAt: null };
    const linesOf = (isScreen: boolean) =>
      disowningBody(
        {
          ...view,
          state: 'asks',
          isPhoneSignedIn: true,
          about: { kind: 'browser_approved', ...about, ...rest, ...(isScreen && { isScreen }) },
        },
        all,
      ).lines.join(' ');
    const aDay = /one day|一天之内/;
    expect(linesOf(true)).toMatch(aDay);
    expect(linesOf(false)).not.toMatch(aDay);
    expect(all.screen.reportedText).toMatch(aDay);
  });
});

describe('the history of a screen', () => {
  const facts = { kind: 'device', browser: unknownDevice, system: '', by: 'administrator' };
  const names = { accounts: new Map(), clients: new Map() };

  it.each(Object.entries(messagesOf))('speaks of a device, never of a browser: %s', (_, all) => {
    const events = auditEvents.filter((event) => /^(ticket|approval)\./.test(event));
    // Nobody rings a phone, types a confirmation code, for a device.
    for (const event of events.filter((each) => !['ticket.asked', 'ticket.confirmation_wrong'].includes(each))) {
      const record = buildRecord(0, { event, facts });
      const shown = describeInWords(all, record, names);
      const own = describeForOwner(record, (id) => id, all === messagesOf.en ? 'en' : 'zh-CN');
      const said = [fill(shown.says, shown.values), own ? fill(own.says, own.values) : ''];
      expect(said.join(' '), event).not.toMatch(/browser|浏览器|QR|二维码|Unknown|[{}]/i);
      expect(said[0], event).toMatch(/device|设备/);
      expect(shown.facts.map(({ name, value }) => name + value).join(' '), event).not.toMatch(/browser|浏览器/i);
    }
  });

  it('is complete at the console, from its code to its tokens', async () => {
    const screen = createScreen(app.issuer, 'tv', { 'user-agent': 'Tea House TV/1' });
    const { device_code, user_code } = await screen.begin();
    const claim = await phone.scan({ user_code });
    await phone.approve(claim, { user_code_confirmed: true });
    expect((await screen.poll(device_code)).status).toBe(200);
    const { records } = await app.audit.query({ event: 'ticket.issued', limit: 1 });
    const story = textOf((await admin.get(`/admin/activity/tickets/${records[0]?.ticketId}`)).text);
    const steps = [
      'Tea TV showed a code on Tea House TV',
      'opened the code of a device for Tea TV',
      'compared the codes and approved a sign-in to Tea TV on Tea House TV',
      'The device received its tokens for Tea TV',
    ];
    expect(steps.map((step) => story.indexOf(step)).every((at, i, all) => at > (all[i - 1] ?? -1))).toBe(true);
    expect(story).toContain('Device’s network');
    expect(story).not.toMatch(/Browser/);
    const id = (await phone.approvals()).find(
      ({ browser }) => (browser as { name: string }).name === 'Tea House TV',
    )?.id;
    const account = (await app.accounts.getByUsername('bob')).id;
    expect(textOf((await admin.get(`/admin/accounts/${account}`)).text)).toMatch(/Tea TV ?Tea House TV Device/);
    for (const path of ['/admin/clients', '/admin/clients/tv'])
      expect((await admin.get(path)).text, path).toContain('<span class="tag tag-quiet">Devices</span>');
    await phone.endApproval(String(id));
    const after = textOf((await admin.get(`/admin/activity/tickets/${records[0]?.ticketId}`)).text);
    expect(after).toMatch(/A device of .* was signed out of Tea TV/);
  });

  it('is marked at each sign-in of the administration API', async () => {
    const other = await app.phone('bob');
    const { device_code, user_code } = await createScreen(app.issuer, 'tv').begin();
    await other.approve(await other.scan({ user_code }), { user_code_confirmed: true });
    await createScreen(app.issuer, 'tv').poll(device_code);
    await approveFor(createWaitingBrowser(app.issuer), other, {
      client_id: 'web',
      redirect_uri: 'https://web.example/cb',
    });
    const api = await openMachine(app, 'accounts:read');
    const { id } = await app.accounts.getByUsername('bob');
    const { body } = await api.call('GET', `/accounts/${id}/approvals`);
    const kinds = (body.approvals as { client_id: string; kind: string }[]).map(
      (each) => `${each.client_id} ${each.kind}`,
    );
    expect(new Set(kinds)).toEqual(new Set(['tv device', 'web browser']));
  });

  it('ends with the expiry, although no record is written for it', async () => {
    await begin('Tea House TV/1');
    const { records } = await app.audit.query({ event: 'ticket.issued', limit: 1 });
    const outcome = async () => textOf((await admin.get(`/admin/activity/tickets/${records[0]?.ticketId}`)).text);
    expect(await outcome()).toContain('Not scanned');
    app.time.shiftSeconds = 301;
    expect(await outcome()).toContain('Expired without a decision');
  });
});
