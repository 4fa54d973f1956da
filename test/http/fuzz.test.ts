// Thousands of generated requests over all routes. No answer is a server error, no stack trace leaves the
// process, and the sign-in of somebody else continues undisturbed.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RefusalCode, statusOf } from '../../src/http/kit/refusals.ts';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type Fuzz, fuzzRequests } from '../support/fuzz-requests.ts';
import { expectReached } from '../support/reached.ts';
import type { VirtualPhone } from '../support/virtual-phone.ts';
import { createWaitingBrowser } from '../support/waiting-browser.ts';

const requests = 8000;
/** A run is repeated with FUZZ_SEED=<the printed one>. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const unlimited = 1_000_000;

let app: TestApp;
let mallory: VirtualPhone;
/** What stands for the marks of fuzz-settings.ts. */
let settings: Record<'machine' | 'initial' | 'client' | 'account', string>;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });

beforeAll(async () => {
  app = await startApp({
    sign_up: 'open',
    registration: { enabled: true },
    limits: {
      ticket_creations_per_minute: unlimited,
      ticket_creations_per_client_per_minute: unlimited,
      claims_per_device_per_minute: unlimited,
      claims_per_address_per_minute: unlimited,
      authorizations_per_minute: unlimited,
      token_requests_per_minute: unlimited,
    },
  });
  mallory = await app.phone('bob');
  settings = await openSettings();
});
afterAll(async () => {
  agent.destroy();
  await app.stop();
});

/**
 * A sign-in that the requests may use. Its phone has claimed it, and every other one is approved and waits
 * for the code.
 */
type Own = { uid: string; cookie: string; ticket: string; token: string };

/** A client and an account that the requests may change, and tokens that let them. */
async function openSettings(): Promise<typeof settings> {
  const scopes = ['clients:read', 'clients:write', 'accounts:read', 'accounts:write', 'audit:read'] as const;
  const { token } = await openMachine(app, ...scopes);
  const { client } = await app.clients.create({ client_name: 'Fuzz', redirect_uris: ['https://fuzz.example/cb'] });
  const account = await app.accounts.create({ username: 'fuzz', password: 'four words make a sentence' });
  const initial = await app.registrations.createInitialToken({ name: 'fuzz', uses: 1000, days: 1 });
  return { machine: token, initial, client: client.id, account: account.id };
}

async function openOwn(isApproved: boolean): Promise<Own> {
  const browser = createWaitingBrowser(app.issuer);
  await browser.open({ client_id: 'tea-cellar', redirect_uri: 'http://localhost:3001/cellar/callback' });
  const claim = await mallory.scan({ qr: await browser.qr() });
  if (isApproved) await mallory.approve(claim);
  const cookie = [...browser.cookies].map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ');
  return { uid: browser.uid, cookie, ticket: claim.ticket, token: claim.approvalToken };
}

/** Puts real secrets in place of their marks, so that requests get as far as their flaw. */
async function prepare(fuzz: Fuzz, own: Own): Promise<Fuzz> {
  const marks: Record<string, string> = { ...own, ...settings };
  const fill = (text: string) => text.replace(/«([a-z]+)»/g, (mark, name: string) => marks[name] ?? mark);
  const path = fill(fuzz.path);
  const headers: [string, string][] = [];
  for (const [name, value] of fuzz.headers) {
    headers.push([name, value === '«proof»' ? await mallory.proof(fuzz.method, path) : fill(value)]);
  }
  return { ...fuzz, path, headers, cookie: fill(fuzz.cookie), body: fill(fuzz.body) };
}

type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

/**
 * Sends a request. The server may close an idle connection while the agent reuses it. Only then is the
 * request sent again, on a new connection (as Node's documentation of `request.reusedSocket` shows).
 */
function send(fuzz: Fuzz, isFresh = false): Promise<Answer> {
  const { method, path, query, headers, cookie, body, type } = fuzz;
  const { hostname, port } = new URL(app.issuer);
  const search = query.map((pair) => pair.join('=')).join('&');
  // Characters that no HTTP client can send are escaped here. test/http/kit/transport.test.ts sends them by
  // hand.
  const target = `${path}${search && `?${search}`}`.replace(/[^\x21-\x7e]/gu, (c) =>
    encodeURIComponent(c.toWellFormed()),
  );
  const isBodiless = method === 'GET' || method === 'HEAD' || body === '';
  const length = String(Buffer.byteLength(body));
  const all = [
    ...headers,
    ['cookie', cookie],
    ...(isBodiless
      ? []
      : [
          ['content-type', type],
          ['content-length', length],
        ]),
  ];
  const sendable = all
    .map(([name = '', value = '']) => [name, value.replace(/[^\x20-\x7e\x80-\xff]/g, '')])
    .filter(([, value]) => value);
  return new Promise((resolve, reject) => {
    const sent = Object.fromEntries(sendable);
    const options = { hostname, port, method, path: target, agent: isFresh ? false : agent, headers: sent };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('close', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      // A stream is an answer too; it has no end.
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy();
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      const isClosedBefore = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isFresh;
      if (!isClosedBefore) return reject(error);
      send(fuzz, true).then(resolve, reject);
    });
    outgoing.end(isBodiless ? undefined : body);
  });
}

function judge({ status, text, headers }: Answer): void {
  if (status >= 500) throw new Error(`answered ${status} ${text.slice(0, 300)}`);
  if (/\n\s+at .+:\d+:\d+|node_modules|\/src\/|Error: /.test(text))
    throw new Error(`a stack trace: ${text.slice(0, 300)}`);
  if (headers['set-cookie']?.some((line) => line.startsWith('a=b'))) throw new Error('a header was injected');
  if (status >= 400 && headers['content-type']?.startsWith('application/problem+json')) judgeProblem(status, text);
}

/** A refusal is one of the table in docs/protocol.md section 8, with a sentence. */
function judgeProblem(status: number, text: string): void {
  if (text === '') return;
  const { code, detail, status: written } = JSON.parse(text) as { code: RefusalCode; detail?: string; status: number };
  if (statusOf[code] !== status || written !== status || !detail) throw new Error(`an unclear refusal: ${text}`);
}

describe('whatever is sent', () => {
  it(`${requests} generated requests: no 5xx, no stack trace, and nothing changed for anybody else`, async () => {
    const alice = await app.phone('alice');
    const bystander = createWaitingBrowser(app.issuer);
    await bystander.open();
    const claim = await alice.scan({ qr: await bystander.qr() });
    const pool: Own[] = [];
    for (let i = 0; i < 60; i++) pool.push(await openOwn(i % 2 === 0));

    const reached = new Map<number, number>();
    const left = fc.sample(fuzzRequests(mallory.cookie), { seed, numRuns: requests });
    const work = async () => {
      for (let fuzz = left.pop(); fuzz; fuzz = left.pop()) {
        try {
          const answer = await send(await prepare(fuzz, pool[fuzz.who % pool.length] as Own));
          judge(answer);
          reached.set(answer.status, (reached.get(answer.status) ?? 0) + 1);
        } catch (cause) {
          throw new Error(`FUZZ_SEED=${seed} ${JSON.stringify(fuzz)}: ${cause}`, { cause });
        }
      }
    };
    await Promise.all(Array.from({ length: 16 }, work));

    // Without these the generator would only have knocked at closed doors. Means of many runs.
    const means = {
      200: 850,
      201: 140,
      303: 470,
      400: 780,
      401: 420,
      403: 460,
      404: 2500,
      405: 2000,
      415: 115,
      422: 140,
    };
    for (const [status, mean] of Object.entries(means)) {
      expectReached(reached.get(Number(status)) ?? 0, mean, `an answer of ${status}`);
    }
    expect(app.logText()).not.toMatch(/"level":(50|60)/);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((await fetch(`${app.issuer}/readyz`)).status).toBe(200);
    expect((await bystander.ticket()).json().state).toBe('scanned');
    await alice.approve(claim);
    const { location } = (await bystander.finish()).json();
    expect((await bystander.follow(String(location))).searchParams.get('code')).toBeTruthy();
  }, 120_000);
});
