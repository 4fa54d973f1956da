// Each fault of the network for tests, seen from both of its sides: what the client gets, and what reached
// the server.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { always, type Fault, type FaultyNetwork, onFirst, startFaultyNetwork } from './faulty-network.ts';

let server: Server;
let network: FaultyNetwork;
let arrived: string[] = [];
/** What ends the stream of the server. */
let endStream: () => void = () => undefined;

beforeAll(async () => {
  server = createServer((req, res) => {
    arrived.push(`${req.method} ${req.url}`);
    res.writeHead(201, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] });
    if (req.url !== '/stream') return req.pipe(res);
    res.write('12345');
    endStream = () => res.end('67');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  network = await startFaultyNetwork({ target: (server.address() as AddressInfo).port });
});
afterAll(async () => {
  await network.close();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  network.setRule(null);
  network.setDown(false);
  arrived = [];
});

const send = (path = '/step', signal?: AbortSignal) =>
  fetch(`${network.origin}${path}`, { method: 'POST', body: 'hello', ...(signal && { signal }) });
const fail = (fault: Fault) => network.setRule(always(/^POST \/step$/, fault));
/** Whether a promise is still open after everything that waits had its turn several times. */
async function isOpen(promise: Promise<unknown>): Promise<boolean> {
  const pause = new Promise((resolve) => setTimeout(resolve, 100, 'open'));
  return (await Promise.race([promise.catch(() => null), pause])) === 'open';
}
const reader = (answer: Response) => {
  const body = answer.body?.getReader();
  return async () => Buffer.from((await body?.read())?.value ?? []).toString();
};

describe('the network', () => {
  it('passes a request and its answer unchanged, and remembers them', async () => {
    const answer = await send('/step?x=1');
    expect([answer.status, await answer.text()]).toEqual([201, 'hello']);
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(network.seen.at(-1)).toMatchObject({ method: 'POST', path: '/step', fault: null, status: 201 });
    expect(network.seen.at(-1)?.headers.host).toBe(new URL(network.origin).host);
    expect(arrived).toEqual(['POST /step?x=1']);
  });

  it.each<[string, Fault, number]>([
    ['cuts a request before the server sees it', { kind: 'request-cut' }, 0],
    ['loses the answer to a request that the server handled', { kind: 'answer-lost' }, 1],
  ])('%s', async (_title, fault, count) => {
    fail(fault);
    await expect(send()).rejects.toThrow();
    expect(arrived).toHaveLength(count);
    expect(network.seen.at(-1)).toMatchObject({ fault: fault.kind, status: count ? 201 : null });
  });

  it.each<[string, Fault, number]>([
    ['holds a request back', { kind: 'request-held' }, 0],
    ['holds an answer back', { kind: 'answer-held' }, 1],
  ])('%s for ever, without cutting the connection', async (_title, fault, count) => {
    fail(fault);
    const abort = new AbortController();
    const sent = send('/step', abort.signal);
    await expect.poll(() => network.seen.at(-1)).toMatchObject({ fault: fault.kind, status: count ? 201 : null });
    expect(await isOpen(sent)).toBe(true);
    expect(arrived).toHaveLength(count);
    abort.abort();
    await expect(sent).rejects.toThrow();
  });

  it('holds headers back until the test says so', async () => {
    const release = Promise.withResolvers<void>();
    fail({ kind: 'answer-held', until: release.promise });
    const sent = send();
    expect(await isOpen(sent)).toBe(true);
    release.resolve();
    expect(await (await sent).text()).toBe('hello');
  });

  it('holds a body back while the headers have passed', async () => {
    const release = Promise.withResolvers<void>();
    fail({ kind: 'body-held', until: release.promise });
    const answer = await send();
    expect(answer.status).toBe(201);
    const text = answer.text();
    expect(await isOpen(text)).toBe(true);
    release.resolve();
    expect(await text).toBe('hello');
  });

  it('buffers a stream until a lot of bytes is full, and at its end', async () => {
    network.setRule(always(/stream/, { kind: 'buffered', bytes: 4 }));
    const read = reader(await send('/stream'));
    expect(await read()).toBe('1234');
    const rest = read();
    expect(await isOpen(rest)).toBe(true);
    endStream();
    expect(await rest).toBe('567');
  });

  it.each<[string, 'stall' | 'cut']>([
    ['stalls', 'stall'],
    ['cuts', 'cut'],
  ])('%s an answer that has begun, at the moment that the test names', async (_title, kind) => {
    const moment = Promise.withResolvers<void>();
    network.setRule(always(/stream/, { kind, after: moment.promise }));
    const read = reader(await send('/stream'));
    expect(await read()).toBe('12345');
    const rest = read();
    moment.resolve();
    if (kind === 'cut') return expect(rest).rejects.toThrow();
    // The moment is over when everything that waits for it had its turn.
    await new Promise(setImmediate);
    endStream();
    expect(await isOpen(rest)).toBe(true);
    network.cutAll();
    await expect(rest).rejects.toThrow();
  });

  it('answers by itself, for instance that a server is ready which is away', async () => {
    network.setRule(always(/^GET \/readyz$/, { kind: 'own-answer', status: 200, body: 'ready' }));
    const answer = await fetch(`${network.origin}/readyz`);
    expect([answer.status, await answer.text(), arrived]).toEqual([200, 'ready', []]);
  });

  it('can be down', async () => {
    const stream = reader(await send('/stream'));
    await stream();
    const rest = stream();
    network.setDown(true);
    await expect(rest).rejects.toThrow();
    await expect(send()).rejects.toThrow();
    network.setDown(false);
    expect((await send()).status).toBe(201);
  });

  it('chooses by a rule for each request', async () => {
    network.setRule(onFirst(/^POST \/step$/, { kind: 'answer-lost' }));
    expect((await send('/other')).status).toBe(201);
    await expect(send()).rejects.toThrow();
    expect((await send()).status).toBe(201);
    const turn = network.seen.at(-1)?.turn ?? 0;
    network.setRule((passing) => (passing.turn === turn + 2 ? { kind: 'request-cut' } : null));
    expect((await send()).status).toBe(201);
    await expect(send()).rejects.toThrow();
  });

  it('cuts what it forwards to a server that is away', async () => {
    const astray = await startFaultyNetwork({ target: 1 });
    await expect(fetch(astray.origin)).rejects.toThrow();
    await astray.close();
  });
});
