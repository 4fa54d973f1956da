// One call of every operation that the OpenAPI documents name, over real HTTP. A new operation needs a line
// here: the test of the documents fails without one, and says which. A driver makes what it needs itself,
// and answers as it was answered.

import type { Machine } from './admin-machine.ts';
import type { TestApp } from './app.ts';
import { png } from './pictures.ts';
import { approveFor, signIn } from './signed-in.ts';
import type { VirtualPhone } from './virtual-phone.ts';
import { createWaitingBrowser, redirectUri } from './waiting-browser.ts';

export type Driven = { readonly status: number; readonly headers: Headers; readonly body: unknown };

export type World = {
  readonly app: TestApp;
  /** With every scope. */
  readonly api: Machine;
  /** The example of this operation's body, as the document has it. */
  readonly example: unknown;
};

export type Driver = (world: World) => Promise<Driven>;

const anyVersion = { 'if-match': '*' };

async function newClient({ api }: World): Promise<string> {
  const { body } = await api.call('POST', '/clients', { client_name: 'Driven', redirect_uris: [redirectUri] });
  return `/clients/${body.client_id}`;
}

const accountOf = async ({ app }: World, username: string): Promise<string> =>
  `/accounts/${(await app.accounts.findByUsername(username))?.id}`;

/** A phone of Alice's that signed a browser in. */
async function approvedBy({ app }: World): Promise<VirtualPhone> {
  const phone = await app.phone('alice');
  await approveFor(createWaitingBrowser(app.issuer), phone);
  return phone;
}

/** A phone that scanned what a browser shows, and has to decide. */
async function claimedBy({ app }: World) {
  const phone = await app.phone('alice');
  const browser = createWaitingBrowser(app.issuer);
  await browser.open();
  const { ticket, approvalToken } = await phone.scan({ qr: await browser.qr() });
  return { phone, path: `/phone/v1/tickets/${ticket}`, approval_token: approvalToken };
}

/** The body is the picture itself. */
async function putLogo({ app, api }: World, client: string): Promise<Driven> {
  const headers = { authorization: `Bearer ${api.token}`, 'content-type': 'image/png', ...anyVersion };
  const request = { method: 'PUT', headers, body: new Uint8Array(png()) };
  const response = await fetch(`${app.issuer}/admin/v1${client}/logo`, request);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const bare = async ({ app }: World, path: string): Promise<Driven> => {
  const response = await fetch(`${app.issuer}${path}`);
  return { status: response.status, headers: response.headers, body: await response.json() };
};

export const operationDrivers: Readonly<Record<string, Driver>> = {
  'GET /admin/v1/openapi.json': (world) => bare(world, '/admin/v1/openapi.json'),

  'GET /admin/v1/clients': ({ api }) => api.call('GET', '/clients?limit=2&search=dri'),
  'POST /admin/v1/clients': ({ api, example }) => api.call('POST', '/clients', example),
  'GET /admin/v1/clients/{id}': async (world) => world.api.call('GET', await newClient(world)),
  'PATCH /admin/v1/clients/{id}': async (world) =>
    world.api.call('PATCH', await newClient(world), world.example, anyVersion),
  'DELETE /admin/v1/clients/{id}': async (world) =>
    world.api.call('DELETE', await newClient(world), undefined, anyVersion),
  'POST /admin/v1/clients/{id}/secrets': async (world) =>
    world.api.call('POST', `${await newClient(world)}/secrets`, world.example),
  'DELETE /admin/v1/clients/{id}/secrets/{secret}': async (world) => {
    const client = await newClient(world);
    const { body } = await world.api.call('POST', `${client}/secrets`, { name: 'second' });
    return world.api.call('DELETE', `${client}/secrets/${body.id}`);
  },

  'PUT /admin/v1/clients/{id}/logo': async (world) => putLogo(world, await newClient(world)),
  'DELETE /admin/v1/clients/{id}/logo': async (world) => {
    const client = await newClient(world);
    await putLogo(world, client);
    return world.api.call('DELETE', `${client}/logo`, undefined, anyVersion);
  },

  'GET /admin/v1/invitations': async (world) => {
    await world.api.call('POST', '/invitations', {});
    return world.api.call('GET', '/invitations?limit=1');
  },
  'POST /admin/v1/invitations': ({ api, example }) => api.call('POST', '/invitations', example),
  'DELETE /admin/v1/invitations/{id}': async ({ api }) => {
    const { body } = await api.call('POST', '/invitations', {});
    return api.call('DELETE', `/invitations/${body.id}`);
  },
  'POST /admin/v1/accounts/{id}/reset-link': async (world) =>
    world.api.call('POST', `${await accountOf(world, 'bob')}/reset-link`),

  'GET /admin/v1/accounts': ({ api }) => api.call('GET', '/accounts?limit=1'),
  'GET /admin/v1/accounts/{id}': async (world) => world.api.call('GET', await accountOf(world, 'alice')),
  'PATCH /admin/v1/accounts/{id}': async (world) =>
    world.api.call('PATCH', await accountOf(world, 'alice'), world.example, anyVersion),
  'GET /admin/v1/accounts/{id}/devices': async (world) => {
    await world.app.phone('alice');
    return world.api.call('GET', `${await accountOf(world, 'alice')}/devices`);
  },
  'DELETE /admin/v1/accounts/{id}/devices/{device}': async (world) => {
    await world.app.phone('alice');
    const devices = `${await accountOf(world, 'alice')}/devices`;
    const listed = (await world.api.call('GET', devices)).body.devices as { id: string }[];
    return world.api.call('DELETE', `${devices}/${listed[0]?.id}`);
  },
  'GET /admin/v1/accounts/{id}/approvals': async (world) => {
    await approvedBy(world);
    return world.api.call('GET', `${await accountOf(world, 'alice')}/approvals`);
  },
  'DELETE /admin/v1/accounts/{id}/approvals/{approval}': async (world) => {
    const [approval] = await (await approvedBy(world)).approvals();
    return world.api.call('DELETE', `${await accountOf(world, 'alice')}/approvals/${approval?.id}`);
  },
  'POST /admin/v1/accounts/{id}/sign-out': async (world) =>
    world.api.call('POST', `${await accountOf(world, 'bob')}/sign-out`),

  'GET /admin/v1/accounts/{id}/grants': async (world) => {
    await signIn(world.app, await world.app.phone('alice'));
    return world.api.call('GET', `${await accountOf(world, 'alice')}/grants`);
  },
  'DELETE /admin/v1/accounts/{id}/grants/{grant}': async (world) => {
    await signIn(world.app, await world.app.phone('alice'));
    const grants = `${await accountOf(world, 'alice')}/grants`;
    const listed = (await world.api.call('GET', grants)).body.grants as { id: string }[];
    return world.api.call('DELETE', `${grants}/${listed[0]?.id}`);
  },

  'GET /admin/v1/me': ({ api }) => api.call('GET', '/me'),
  'GET /admin/v1/statistics': ({ api }) => api.call('GET', '/statistics?range=24h'),
  'GET /admin/v1/audit/export': async ({ app, api }) => {
    const headers = { authorization: `Bearer ${api.token}` };
    const response = await fetch(`${app.issuer}/admin/v1/audit/export?event=client.created`, { headers });
    const [first = ''] = (await response.text()).split('\n');
    return { status: response.status, headers: response.headers, body: JSON.parse(first) };
  },
  'GET /admin/v1/audit': async (world) => {
    await approvedBy(world);
    return world.api.call('GET', '/audit?limit=50');
  },
  'GET /admin/v1/keys': ({ api }) => api.call('GET', '/keys'),
  'POST /admin/v1/keys/rotate': ({ api, example }) => api.call('POST', '/keys/rotate', example),
  'GET /admin/v1/registration-tokens': async ({ api }) => {
    await api.call('POST', '/registration-tokens', { name: 'listed' });
    return api.call('GET', '/registration-tokens?limit=1');
  },
  'DELETE /admin/v1/registration-tokens/{id}': async ({ api }) => {
    await api.call('POST', '/registration-tokens', { name: 'revoked' });
    const listed = (await api.call('GET', '/registration-tokens')).body.tokens as { id: string }[];
    return api.call('DELETE', `/registration-tokens/${listed[0]?.id}`);
  },
  'POST /admin/v1/registration-tokens': ({ api, example }) => api.call('POST', '/registration-tokens', example),

  'GET /phone/v1/openapi.json': (world) => bare(world, '/phone/v1/openapi.json'),
  'POST /phone/v1/scan': async ({ app }) => {
    const browser = createWaitingBrowser(app.issuer);
    await browser.open();
    return (await app.phone('alice')).call('POST', '/phone/v1/scan', { qr: await browser.qr(), channel: 'scanner' });
  },
  'GET /phone/v1/tickets/{handle}': async (world) => {
    const { phone, path } = await claimedBy(world);
    return phone.call('GET', path);
  },
  'POST /phone/v1/tickets/{handle}/approve': async (world) => {
    const { phone, path, approval_token } = await claimedBy(world);
    return phone.call('POST', `${path}/approve`, { ...(world.example as object), approval_token });
  },
  'POST /phone/v1/tickets/{handle}/review': async (world) => {
    const { phone, path, approval_token } = await claimedBy(world);
    return phone.call('POST', `${path}/review`, { approval_token });
  },
  'POST /phone/v1/tickets/{handle}/deny': async (world) => {
    const { phone, path, approval_token } = await claimedBy(world);
    return phone.call('POST', `${path}/deny`, { approval_token, report: false });
  },
  'GET /phone/v1/asks': async ({ app }) => {
    const phone = await app.phone('alice');
    const browser = createWaitingBrowser(app.issuer);
    await approveFor(browser, phone, {}, { trust_browser: true });
    await browser.open({ prompt: 'login' });
    await browser.json('POST', `${browser.base}/ask`, {});
    return phone.call('GET', '/phone/v1/asks');
  },
  'POST /phone/v1/push': async ({ app, example }) => (await app.phone('alice')).call('POST', '/phone/v1/push', example),
  'DELETE /phone/v1/push': async ({ app }) => (await app.phone('alice')).call('DELETE', '/phone/v1/push'),
  'GET /phone/v1/approvals': async (world) => (await approvedBy(world)).call('GET', '/phone/v1/approvals'),
  'DELETE /phone/v1/approvals/{id}': async (world) => {
    const phone = await approvedBy(world);
    const [approval] = await phone.approvals();
    return phone.call('DELETE', `/phone/v1/approvals/${approval?.id}`);
  },
  'GET /phone/v1/notices': async (world) => {
    const phone = await world.app.phone('alice');
    await approvedBy(world);
    return phone.call('GET', '/phone/v1/notices');
  },
  'DELETE /phone/v1/notices/{id}': async (world) => {
    const phone = await world.app.phone('alice');
    await approvedBy(world);
    const { notices } = (await phone.call('GET', '/phone/v1/notices')).body as { notices: { id: string }[] };
    return phone.call('DELETE', `/phone/v1/notices/${notices[0]?.id}`);
  },
  'GET /phone/v1/devices': async ({ app }) => (await app.phone('alice')).call('GET', '/phone/v1/devices'),
  'DELETE /phone/v1/devices/{id}': async ({ app }) => {
    const phone = await app.phone('alice');
    const { devices } = (await phone.call('GET', '/phone/v1/devices')).body as { devices: { id: string }[] };
    return phone.call('DELETE', `/phone/v1/devices/${devices[0]?.id}`);
  },
};
