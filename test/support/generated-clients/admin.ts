// A small program on the types that openapi-typescript makes of the administration API's document, with
// openapi-fetch as that project documents it. test/http/generated-clients.test.ts makes the types, compiles
// this file in a folder of its own, and runs it with the address of a provider and a token.
import createClient from 'openapi-fetch';
import type { components, paths } from './admin-types.ts';

const [baseUrl = '', token = ''] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });

const body: components['schemas']['PostClientsRequest'] = {
  client_name: 'Made by a program',
  redirect_uris: ['https://shop.example/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid profile',
};
const { data: made, error: notMade } = await api.POST('/admin/v1/clients', { body });
if (!made) throw new Error(notMade.detail);
const path = { id: made.client_id };

const names: (string | undefined)[] = [];
let cursor: string | null | undefined;
do {
  const query = { limit: 2, ...(cursor ? { cursor } : {}) };
  const { data, error } = await api.GET('/admin/v1/clients', { params: { query } });
  if (!data) throw new Error(error.detail);
  names.push(...data.clients.map((each) => each.client_name));
  cursor = data.next_cursor;
} while (cursor);

const read = await api.GET('/admin/v1/clients/{id}', { params: { path } });
const header = { 'If-Match': read.response.headers.get('etag') ?? '' };
const changes: components['schemas']['PatchClientsIdRequest'] = { client_name: 'Changed', require_pkce: true };
const { data: changed } = await api.PATCH('/admin/v1/clients/{id}', { params: { path, header }, body: changes });

// The tag is the one of before the change.
const stale = await api.PATCH('/admin/v1/clients/{id}', { params: { path, header }, body: changes });
const wrong = await api.POST('/admin/v1/clients', { body: { redirect_uris: ['https://shop.example/#fragment'] } });
const absent = await api.GET('/admin/v1/clients/{id}', { params: { path: { id: 'nobody' } } });
// The document names the codes of each status, so that a caller compares them with the help of its compiler.
const isStale: boolean = stale.error?.code === 'client_changed';

const report = {
  made: { name: made.client_name, hasSecret: typeof made.client_secret === 'string' },
  names,
  changed: { name: changed?.client_name, pkce: changed?.require_pkce, scope: changed?.scope },
  stale: [stale.response.status, isStale],
  wrong: [wrong.response.status, wrong.error?.code, wrong.error?.errors?.map((each) => each.path)],
  absent: [absent.response.status, absent.error?.code],
};
process.stdout.write(JSON.stringify(report));
