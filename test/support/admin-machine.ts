// A program that administers: registered, with a token for the administration API, by openid-client.
import * as oidc from 'openid-client';
import type { AdminScope } from '../../src/http/admin/operation.ts';
import type { TestApp } from './app.ts';

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

export type Machine = Awaited<ReturnType<typeof openMachine>>;

/** A program with a token for these scopes, by openid-client. */
export const openMachine = (app: TestApp, ...scopes: AdminScope[]) => openMachineAs(app, {}, ...scopes);

/** One that says more of itself. */
export async function openMachineAs(app: TestApp, change: Record<string, unknown>, ...scopes: AdminScope[]) {
  const grant = { grant_types: ['client_credentials'], scope: scopes.join(' ') };
  const { client, secret } = await app.clients.create({ client_name: 'Ops', ...grant, ...change });
  const server = new URL(app.issuer);
  const options = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(server, client.id, secret ?? '', undefined, options);
  const parameters = { scope: scopes.join(' '), resource: `${app.issuer}/admin` };
  const { access_token: token } = await oidc.clientCredentialsGrant(config, parameters);
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Answer> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...more };
    const response = await fetch(`${app.issuer}/admin/v1${path}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? JSON.parse(isLines(response) ? `[${text.trim().replaceAll('\n', ',')}]` : text) : {},
    };
  };
  return { call, token, clientId: client.id, config };
}

const isLines = ({ headers }: Response): boolean => headers.get('content-type') === 'application/jsonl';
