// The snippets for Node.js, run unchanged against a real provider: a sign-in by QR, after which the relying
// party knows the person.
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewClient } from '../../src/core/client/clients.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { freePort } from '../support/free-port.ts';
import { approveAt, createJar, startSnippet, writeSnippet } from '../support/snippet.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';

let app: TestApp;
let alice: VirtualPhone;

beforeAll(async () => {
  app = await startApp();
  alice = await app.phone('alice');
});
afterAll(() => app.stop());

const methods = ['client_secret_basic', 'client_secret_post', 'none'];

async function register(path: string, method: string): Promise<NewClient & { origin: string }> {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const made = await app.clients.create({
    client_name: 'A "shop"',
    token_endpoint_auth_method: method,
    redirect_uris: [`${origin}${path}`],
    scope: 'openid profile email',
  });
  return { ...made, origin };
}

/** Two web frameworks' worth of what the Passport snippet uses of them. */
const express = `
import { createServer } from 'node:http';
export default function express() {
  const steps = [];
  const at = (path, handlers) => steps.push(...handlers.map((handler) => ({ path, handler })));
  const app = {
    use: (handler) => at(null, [handler]),
    get: (path, ...handlers) => at(path, handlers),
    listen: (port) => createServer((request, response) => {
      const url = new URL(request.url, 'http://' + request.headers.host);
      Object.assign(request, { originalUrl: request.url, protocol: 'http', host: request.headers.host, query: Object.fromEntries(url.searchParams), get: (name) => request.headers[name.toLowerCase()] });
      response.redirect = (to) => response.writeHead(302, { Location: to }).end();
      response.json = (value) => response.end(JSON.stringify(value));
      const run = (index, error) => {
        if (error) return response.writeHead(500).end(String(error.stack));
        const step = steps.slice(index).find(({ path }) => path === null || path === url.pathname);
        if (!step) return response.writeHead(404).end();
        step.handler(request, response, (failure) => run(steps.indexOf(step) + 1, failure));
      };
      run(0);
    }).listen(port),
  };
  return app;
}`;
const session = `
const sessions = new Map();
export default () => (request, response, next) => {
  const id = /sid=(\\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? crypto.randomUUID().replaceAll('-', '');
  response.setHeader('Set-Cookie', 'sid=' + id + '; Path=/; HttpOnly');
  const methods = { regenerate: (done) => { sessions.delete(id); open(); done(); }, save: (done) => done() };
  const open = () => {
    if (!sessions.has(id)) sessions.set(id, {});
    request.session = Object.assign(Object.create(methods), {});
    request.session = new Proxy(sessions.get(id), { get: (kept, name) => methods[name] ?? kept[name] });
  };
  open();
  next();
};`;

describe.each(methods)('with %s', (method) => {
  it('openid-client signs a person in', async () => {
    const client = await register('/callback', method);
    const snippet = await writeSnippet(app.issuer, 'openid-client', client);
    const running = await startSnippet(snippet, client.origin, [process.execPath, 'app.mjs']);
    try {
      const browse = createJar();
      const begun = await browse(`${client.origin}/login`);
      const back = await approveAt(app.issuer, alice, begun.headers.get('location') ?? '');
      const answer = await browse(back);
      expect(await answer.json()).toMatchObject({ name: 'Alice Liddell', email: 'alice@example.com' });
      expect((await createJar()(back)).status).toBe(400);
    } finally {
      await running.stop();
      await snippet.remove();
    }
  });

  it('Passport signs a person in', async () => {
    const client = await register('/callback', method);
    const snippet = await writeSnippet(app.issuer, 'passport', client, { express, 'express-session': session });
    const running = await startSnippet(snippet, client.origin, [process.execPath, 'app.mjs']);
    try {
      const browse = createJar();
      const begun = await browse(`${client.origin}/login`);
      const back = await approveAt(app.issuer, alice, begun.headers.get('location') ?? '');
      const answer = await browse(back);
      expect([answer.headers.get('location'), await answer.text()]).toEqual(['/', '']);
      expect(await (await browse(`${client.origin}/`)).json()).toMatchObject({ name: 'Alice Liddell' });
    } finally {
      await running.stop();
      await snippet.remove();
    }
  });

  it('Auth.js signs a person in', async () => {
    const client = await register('/api/auth/callback/tessera', method);
    const next = `
      import { Auth } from '@auth/core';
      export default (config) => {
        const handle = (request) => Auth(request, { ...config, basePath: '/api/auth', trustHost: true, secret: 'only for this test' });
        return { handlers: { GET: handle, POST: handle } };
      };`;
    const snippet = await writeSnippet(app.issuer, 'authjs', client, { 'next-auth': next });
    try {
      const route = pathToFileURL(`${snippet.folder}/app/api/auth/[...nextauth]/route.js`).href;
      const { GET, POST } = await import(/* @vite-ignore */ route);
      const cookies = new Map<string, string>();
      const send = async (handle: (request: Request) => Promise<Response>, path: string, body?: URLSearchParams) => {
        const url = path.startsWith('http') ? path : `${client.origin}${path}`;
        const headers = new Headers({
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
          'x-auth-return-redirect': '1',
        });
        const answer = await handle(new Request(url, body ? { method: 'POST', headers, body } : { headers }));
        for (const line of answer.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        return answer;
      };
      const json = async (answer: Response) => (await answer.json()) as Record<string, unknown>;
      const csrfToken = String((await json(await send(GET, '/api/auth/csrf'))).csrfToken);
      const begun = await send(POST, '/api/auth/signin/tessera', new URLSearchParams({ csrfToken }));
      const back = await approveAt(app.issuer, alice, String((await json(begun)).url));
      await send(GET, back.href);
      expect((await json(await send(GET, '/api/auth/session'))).user).toMatchObject({ name: 'Alice Liddell' });
    } finally {
      await snippet.remove();
    }
  });
});
