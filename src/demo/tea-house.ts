// The demo website, "Tea House": what a website does to offer "Sign in with QR". It uses openid-client and
// no code of Tessera. Development only, since openid-client is a devDependency.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import * as client from 'openid-client';
import { errorPage, homePage, send, type Visitor } from './tea-house-pages.ts';
import { answerTv, newTv, type Tv } from './tea-house-tv.ts';

export type TeaHouseSettings = {
  readonly issuer: string;
  readonly port: number;
  readonly host?: string;
  readonly clientId: string;
  /** A second client, which always requires the confirmation code. */
  readonly cellarClientId: string;
  /** A third client, for the TV at /tv: device grant, no redirect URI. */
  readonly tvClientId: string;
  /** Allows http, for a provider on localhost. */
  readonly allowInsecure: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
};

/** An authorization request that has not been answered yet. */
type Pending = { readonly verifier: string; readonly state: string; readonly nonce: string; readonly clientId: string };
/** What the website remembers of one browser. */
type Seat = { pending: Pending | null; visitor: Visitor | null; readonly tv: Tv };

/** Maximum number of remembered browsers; the oldest one is forgotten. */
const maxSeats = 1000;

/**
 * Starts the website; resolves when it listens. It finds the provider at the first sign-in, so either may
 * start first.
 */
export async function startTeaHouse(settings: TeaHouseSettings): Promise<{ url: string; close(): Promise<void> }> {
  const scheme = settings.tls ? 'https' : 'http';
  const { listen, leave } = createListener(settings, scheme);
  const server = settings.tls ? createTlsServer(settings.tls, listen) : createServer(listen);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(settings.port, settings.host ?? '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : settings.port;
  return {
    url: `${scheme}://${new URL(settings.issuer).hostname}:${port}`,
    close: () =>
      new Promise((resolve) => {
        leave();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Returns the request listener, and `leave`, which stops the polls of all TVs. */
function createListener(settings: TeaHouseSettings, scheme: string) {
  const seats = new Map<string, Seat>();
  const configurations = new Map<string, Promise<client.Configuration>>();

  /** Finds the provider for one client, once. */
  function configurationOf(clientId: string): Promise<client.Configuration> {
    const known = configurations.get(clientId);
    if (known) return known;
    const found = discover(settings, clientId);
    configurations.set(clientId, found);
    // A failed discovery is forgotten, so that the next sign-in tries again.
    found.catch(() => configurations.delete(clientId));
    return found;
  }

  /** Recognises a browser by its cookie, or gives it one. */
  function seatOf(req: IncomingMessage, res: ServerResponse): Seat {
    const id = /(?:^|;\s*)seat=([\w-]{22})/.exec(req.headers.cookie ?? '')?.[1];
    const known = id ? seats.get(id) : undefined;
    if (known) return known;
    const seat: Seat = { pending: null, visitor: null, tv: newTv() };
    const fresh = randomBytes(16).toString('base64url');
    seats.set(fresh, seat);
    for (const oldest of seats.keys()) {
      if (seats.size <= maxSeats) break;
      seats.get(oldest)?.tv.asking.abort();
      seats.delete(oldest);
    }
    res.setHeader('Set-Cookie', `seat=${fresh}; Path=/; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`);
    return seat;
  }

  /**
   * Sends the browser to the provider. State, nonce and PKCE verifier belong to this browser and this
   * request.
   */
  async function start(seat: Seat, clientId: string, callback: string, res: ServerResponse): Promise<void> {
    const configuration = await configurationOf(clientId);
    const pending: Pending = {
      clientId,
      verifier: client.randomPKCECodeVerifier(),
      state: client.randomState(),
      nonce: client.randomNonce(),
    };
    seat.pending = pending;
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope: 'openid profile email',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    res.writeHead(303, { Location: location.href }).end();
  }

  /** Takes the answer. openid-client verifies state, nonce, `iss` and the ID token. */
  async function callback(seat: Seat, url: URL, res: ServerResponse): Promise<void> {
    const { pending } = seat;
    if (!pending)
      return send(
        res,
        400,
        errorPage({ error: 'no_request', description: 'This visit did not begin here.', checks: [] }),
      );
    // A request is answered once, whatever the answer is.
    seat.pending = null;
    const refused = url.searchParams.get('error');
    if (refused) return send(res, 200, errorPage(explainRefusal(url, pending, settings.issuer)));
    const configuration = await configurationOf(pending.clientId);
    const tokens = await client.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
    });
    const claims = tokens.claims();
    if (!claims || !tokens.id_token) throw new Error('the provider sent no ID token');
    const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    seat.visitor = { clientId: pending.clientId, idToken: tokens.id_token, claims, userinfo };
    res.writeHead(303, { Location: '/' }).end();
  }

  /** Forgets the visitor here and signs out at the provider (OpenID Connect RP-Initiated Logout). */
  async function signOut(seat: Seat, origin: string, res: ServerResponse): Promise<void> {
    const { visitor } = seat;
    seat.visitor = null;
    if (!visitor) return void res.writeHead(303, { Location: '/' }).end();
    const location = client.buildEndSessionUrl(await configurationOf(visitor.clientId), {
      id_token_hint: visitor.idToken,
      post_logout_redirect_uri: `${origin}/`,
    });
    res.writeHead(303, { Location: location.href }).end();
  }

  /** The routes of the website. */
  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { hostname } = new URL(settings.issuer);
    const origin = `${scheme}://${hostname}:${req.socket.localPort}`;
    const url = new URL(req.url ?? '/', origin);
    const seat = seatOf(req, res);
    if (url.pathname === '/') return send(res, 200, homePage(seat.visitor));
    if (url.pathname === '/sign-in') return start(seat, settings.clientId, `${origin}/callback`, res);
    if (url.pathname === '/cellar') return start(seat, settings.cellarClientId, `${origin}/cellar/callback`, res);
    if (url.pathname === '/callback' || url.pathname === '/cellar/callback') return callback(seat, url, res);
    if (url.pathname === '/sign-out' && req.method === 'POST') return signOut(seat, origin, res);
    const tvClient = () => configurationOf(settings.tvClientId);
    const visit = { tv: seat.tv, method: req.method ?? 'GET', path: url.pathname, res, configuration: tvClient };
    if (await answerTv(visit)) return;
    send(res, 404, errorPage({ error: 'not_found', description: 'The tea house has no such room.', checks: [] }));
  }

  const listen = (req: IncomingMessage, res: ServerResponse): void => {
    answer(req, res).catch((error: unknown) => {
      const description = error instanceof Error ? error.message : String(error);
      if (!res.headersSent) send(res, 502, errorPage({ error: 'sign_in_failed', description, checks: [] }));
    });
  };
  const leave = () => {
    for (const { tv } of seats.values()) tv.asking.abort();
  };
  return { listen, leave };
}

/** Describes the error in a redirect, and whether its `state` and `iss` (RFC 9207) are the expected ones. */
function explainRefusal(url: URL, pending: Pending, issuer: string) {
  const error = url.searchParams.get('error') ?? '';
  const isOurs = url.searchParams.get('state') === pending.state;
  const isFromIssuer = url.searchParams.get('iss') === issuer;
  const checks = [
    `state ${isOurs ? 'is ours' : 'is not ours'}`,
    `iss ${isFromIssuer ? 'is the provider' : 'is somebody else'}`,
  ];
  return { error, description: url.searchParams.get('error_description') ?? '', checks };
}

/** Reads the discovery document (OpenID Connect Discovery §4) for one client. */
async function discover(
  { issuer, allowInsecure, tls, tvClientId }: TeaHouseSettings,
  clientId: string,
): Promise<client.Configuration> {
  const reach = tls ? fetchTrusting(tls.cert) : (fetch as client.CustomFetch);
  const options: client.DiscoveryRequestOptions = { ...(allowInsecure && { execute: [client.allowInsecureRequests] }) };
  options[client.customFetch] = reach;
  const configuration = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options);
  configuration[client.customFetch] = clientId === tvClientId ? namedAs('Tea House TV', reach) : reach;
  return configuration;
}

/** Sets the User-Agent of the TV, which the phone shows to the person who approves. */
const namedAs =
  (name: string, reach: client.CustomFetch): client.CustomFetch =>
  (url, options) =>
    reach(url, { ...options, headers: { ...options.headers, 'user-agent': name } });

/** Returns a fetch that trusts only our self-made certificate. Verification stays on. */
function fetchTrusting(cert: string): client.CustomFetch {
  return (url, { method, headers, body }) =>
    new Promise((resolve, reject) => {
      const request = tlsRequest(
        url,
        { method, headers: Object.fromEntries(new Headers(headers as Record<string, string>)), ca: cert },
        (answer) => {
          const stream = Readable.toWeb(answer) as ReadableStream;
          resolve(
            new Response(stream as ConstructorParameters<typeof Response>[0], {
              status: answer.statusCode ?? 502,
              headers: answer.headers as Record<string, string>,
            }),
          );
        },
      );
      request.once('error', reject);
      request.end(body ? String(body) : undefined);
    });
}
