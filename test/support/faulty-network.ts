// A network that fails on purpose: a reverse proxy over real sockets between a browser and a provider. A rule
// chooses the fault of each request. Slowness is the matter of slow-line.ts. WebSockets do not pass.
import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds from now on, or a promise that resolves at the moment that is meant. */
export type Moment = number | Promise<unknown>;

export type Fault =
  /** The connection is cut. The server never sees the request. */
  | { readonly kind: 'request-cut' }
  /** The server never sees the request, and the client hears nothing. */
  | { readonly kind: 'request-held' }
  /** The server handles the request to its end, and the connection is cut before the client hears of it. */
  | { readonly kind: 'answer-lost' }
  /** The server handles the request. The client gets nothing until then; absent: nothing at all. */
  | { readonly kind: 'answer-held'; readonly until?: Moment }
  /** The client gets status and headers at once, and the body not until then; absent: never. */
  | { readonly kind: 'body-held'; readonly until?: Moment }
  /** The body passes in lots of so many bytes, as through a proxy that buffers. */
  | { readonly kind: 'buffered'; readonly bytes: number }
  /** The answer passes until then. After it the connection stays open, and nothing more passes. */
  | { readonly kind: 'stall'; readonly after: Moment }
  /** The answer passes until then. After it the connection is cut. */
  | { readonly kind: 'cut'; readonly after: Moment }
  /**
   * The server never sees the request. The network answers by itself: a captive portal, a wrong health
   * check.
   */
  | {
      readonly kind: 'own-answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export type PassingRequest = {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** 1 for the first request of this method and path since the network was started. */
  readonly turn: number;
};

/** @returns the fault of this request, or null where it passes */
export type Rule = (passing: PassingRequest) => Fault | null;

/** What became of a request. */
export type SeenRequest = PassingRequest & {
  readonly fault: Fault['kind'] | null;
  /** What the server answered; null while it did not, and where the request never reached it. */
  status: number | null;
};

export type NetworkSettings = {
  /** The port of the provider. */
  readonly target: number;
  /** Where the network listens; absent: any free port. */
  readonly port?: number;
  /**
   * Whether a connection carries several requests. Without it each request has a connection of its own,
   * because browsers silently repeat a request, a POST as well, whose reused connection was cut.
   */
  readonly reusesConnections?: boolean;
};

export type FaultyNetwork = Awaited<ReturnType<typeof startFaultyNetwork>>;

/** A rule for requests whose "METHOD /path" matches the pattern. */
export const always =
  (pattern: RegExp, fault: Fault): Rule =>
  ({ method, path }) =>
    pattern.test(`${method} ${path}`) ? fault : null;

/** A rule for the first request whose "METHOD /path" matches the pattern; later ones pass. */
export function onFirst(pattern: RegExp, fault: Fault): Rule {
  let isOver = false;
  return ({ method, path }) => {
    if (isOver || !pattern.test(`${method} ${path}`)) return null;
    isOver = true;
    return fault;
  };
}

export async function startFaultyNetwork({ target, port = 0, reusesConnections = false }: NetworkSettings) {
  const agent = new Agent({ keepAlive: false });
  const seen: SeenRequest[] = [];
  let rule: Rule = () => null;
  let isDown = false;

  const server = createServer((req, res) => {
    // Whoever is cut off raises an error here, which is what this program is for.
    for (const stream of [req, res]) stream.on('error', () => undefined);
    if (!reusesConnections) res.shouldKeepAlive = false;
    const passing = describeRequest(req, seen);
    const fault = isDown ? ({ kind: 'request-cut' } as const) : rule(passing);
    const record: SeenRequest = { ...passing, fault: fault?.kind ?? null, status: null };
    seen.push(record);
    if (fault?.kind === 'request-held') return;
    if (fault?.kind === 'request-cut') return cut(res);
    if (fault?.kind === 'own-answer') {
      res.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    }
    forward({ req, res, fault, record });
  });

  type Passage = { req: IncomingMessage; res: ServerResponse; fault: Fault | null; record: SeenRequest };

  function forward({ req, res, fault, record }: Passage): void {
    const { method, url: path, headers } = req;
    const toServer = request({ host: '127.0.0.1', port: target, agent, method, path, headers });
    toServer.on('error', () => cut(res));
    toServer.on('response', (answer) => {
      record.status = answer.statusCode ?? null;
      answer.on('error', () => cut(res));
      void deliver(answer, res, fault);
    });
    req.pipe(toServer);
    // A client that goes away ends its request, as behind other proxies. A fault may have to outlive the
    // client.
    if (fault === null) res.on('close', () => toServer.destroy());
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const listening = (server.address() as AddressInfo).port;
  return {
    port: listening,
    origin: `http://localhost:${listening}`,
    /** Every request so far, in the order of their arrival. */
    seen,
    /** Replaces the rule; null lets every request pass. */
    setRule(next: Rule | null): void {
      rule = next ?? (() => null);
    },
    /** Cuts every connection that is open now. */
    cutAll: () => server.closeAllConnections(),
    /** Cuts every connection, and each one to come until the network is up again. */
    setDown(next: boolean): void {
      isDown = next;
      if (next) server.closeAllConnections();
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function describeRequest(req: IncomingMessage, seen: readonly SeenRequest[]): PassingRequest {
  const method = req.method ?? 'GET';
  const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
  const turn = 1 + seen.filter((other) => other.method === method && other.path === path).length;
  return { method, path, headers: req.headers, turn };
}

const momentOf = (moment: Moment | undefined): Promise<unknown> =>
  typeof moment === 'number'
    ? sleep(moment * 1000, undefined, { ref: false })
    : (moment ?? new Promise(() => undefined));

/** A reset, not an orderly end, which a client could take for the end of a body. */
const cut = (res: ServerResponse): void => void res.socket?.resetAndDestroy();

/** Takes the rest of an answer away from the server, as a network that has already acknowledged it. */
const drain = (answer: IncomingMessage): unknown => answer.unpipe().resume();

async function deliver(answer: IncomingMessage, res: ServerResponse, fault: Fault | null): Promise<void> {
  switch (fault?.kind) {
    case 'answer-lost':
      answer.on('end', () => cut(res));
      drain(answer);
      return;
    case 'answer-held':
      await momentOf(fault.until);
      return pass(answer, res);
    case 'body-held':
      sendHead(answer, res);
      await momentOf(fault.until);
      answer.pipe(res);
      return;
    case 'buffered':
      sendHead(answer, res);
      answer.pipe(inLots(fault.bytes)).pipe(res);
      return;
    case 'stall':
      pass(answer, res);
      await momentOf(fault.after);
      drain(answer);
      return;
    case 'cut':
      pass(answer, res);
      await momentOf(fault.after);
      return cut(res);
    default:
      pass(answer, res);
  }
}

function pass(answer: IncomingMessage, res: ServerResponse): void {
  sendHead(answer, res);
  answer.pipe(res);
}

/** These belong to one connection (RFC 9110 §7.6.1). */
const hopByHop = ['connection', 'keep-alive', 'transfer-encoding'];

function sendHead(answer: IncomingMessage, res: ServerResponse): void {
  if (res.destroyed) return;
  for (const [name, values] of Object.entries(answer.headersDistinct))
    if (values && !hopByHop.includes(name)) res.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
  res.writeHead(answer.statusCode ?? 502);
  // A stream of events begins with its headers alone.
  res.flushHeaders();
}

function inLots(bytes: number): Transform {
  let kept = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      kept = Buffer.concat([kept, chunk]);
      const whole = kept.length - (kept.length % bytes);
      if (whole > 0) this.push(kept.subarray(0, whole));
      kept = kept.subarray(whole);
      done();
    },
    flush(done) {
      this.push(kept);
      done();
    },
  });
}
