// A native app as a phone, to read and to copy from (docs/phone-apps.md, section 3): code and PKCE in the
// system's browser with a loopback redirect (RFC 8252 §7.3), tokens bound by DPoP to a key that stays on the
// device (RFC 9449), and the phone's API with them (protocol.md 4). All that speaks OAuth is openid-client,
// unmodified. A real app keeps the key in the system's keystore.
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { exportJWK, importJWK, type JWK } from 'jose';
import * as client from 'openid-client';

/** A browser that is signed in. `method`: by this phone, or by which other way. */
type Approved = { readonly id: string; readonly method: string };

export type NativeAppSettings = {
  readonly issuer: string;
  readonly clientId: string;
  /** Where key and refresh token are kept, readable by their owner alone. */
  readonly file: string;
  /** Shows an address in the system's browser. */
  readonly openBrowser: (address: string) => Promise<unknown> | unknown;
};

type Method = 'GET' | 'POST' | 'DELETE';
type Kept = { readonly refreshToken: string; readonly publicJwk: JWK; readonly privateJwk: JWK };
export type Review = {
  readonly ticket: string;
  readonly approval_token: string;
  readonly requires: readonly string[];
  readonly context: { readonly client: { readonly name: string; readonly redirect_host: string } };
};

/** A refusal of the phone's API, by its stable code. */
export class NativeAppRefusal extends Error {
  readonly code: string;

  constructor({ code, detail }: { code?: string; detail?: string }) {
    super(detail ?? code ?? 'refused');
    this.code = code ?? '';
  }
}

export type NativeApp = Awaited<ReturnType<typeof createNativeApp>>;

/** @throws TypeError from openid-client where the issuer cannot be reached */
export async function createNativeApp({ issuer, clientId, file, openBrowser }: NativeAppSettings) {
  // http is for development on this machine; an https issuer needs no exception.
  const execute = issuer.startsWith('http://localhost') ? [client.allowInsecureRequests] : [];
  const discovered = await client.discovery(new URL(issuer), clientId, undefined, client.None(), { execute });
  let configuration = discovered;
  const kept = await readKept(file);
  const key = kept ? await importPair(kept) : await client.randomDPoPKeyPair('ES256', { extractable: true });
  let DPoP = client.getDPoPHandle(configuration, key);
  const resource = `${issuer}/phone`;
  let refreshToken = kept?.refreshToken ?? '';
  let accessToken = '';

  async function keep(tokens: client.TokenEndpointResponse): Promise<void> {
    accessToken = tokens.access_token;
    // Each refresh token is good for one use (RFC 9700 §4.14.2): the next one is kept before the first is
    // missed.
    refreshToken = tokens.refresh_token ?? refreshToken;
    const [publicJwk, privateJwk] = await Promise.all([exportJWK(key.publicKey), exportJWK(key.privateKey)]);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ refreshToken, publicJwk, privateJwk } satisfies Kept), { mode: 0o600 });
    await chmod(file, 0o600);
  }

  /** A new access token, for the proof of this device's key alone. */
  async function refresh(): Promise<void> {
    await keep(await client.refreshTokenGrant(configuration, refreshToken, { resource }, { DPoP }));
  }

  async function send(method: Method, path: string, body: object | undefined): Promise<Response> {
    const address = new URL(`${issuer}/phone/v1${path}`);
    const headers = new Headers({ 'content-type': 'application/json' });
    const text = body ? JSON.stringify(body) : null;
    try {
      return await client.fetchProtectedResource(configuration, accessToken, address, method, text, headers, { DPoP });
    } catch (error) {
      // The library throws what came with a challenge; the answer says it in our words.
      if (error instanceof client.WWWAuthenticateChallengeError) return error.response;
      throw error;
    }
  }

  /** Signs with the server's time from now on, because the clock of this device is wrong. */
  function useServerTime(serverTime: number): void {
    const skew = { [client.clockSkew]: serverTime - Math.floor(Date.now() / 1000) };
    configuration = new client.Configuration(discovered.serverMetadata(), clientId, skew, client.None());
    for (const each of execute) each(configuration);
    DPoP = client.getDPoPHandle(configuration, key);
  }

  /** Repairs what a 401 names: the time of the proof, or a token that has expired. */
  async function repair(refused: Response): Promise<void> {
    const { code, server_time } = (await refused.json()) as { code?: string; server_time?: number };
    if (code === 'device_clock_wrong' && server_time !== undefined) useServerTime(server_time);
    else await refresh();
  }

  async function call<Body>(method: Method, path: string, body?: object): Promise<Body> {
    if (!accessToken) await refresh();
    let answer = await send(method, path, body);
    if (answer.status === 401) {
      await repair(answer);
      answer = await send(method, path, body);
    }
    const text = await answer.text();
    const json = text ? JSON.parse(text) : {};
    if (!answer.ok) throw new NativeAppRefusal(json);
    return json as Body;
  }

  return {
    isSignedIn: (): boolean => refreshToken !== '',

    /**
     * In the system's browser, by passkey or password; the key of this device is registered with the first
     * call of the API.
     */
    async signIn(): Promise<void> {
      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const expectedState = client.randomState();
      const landing = await listen();
      const address = client.buildAuthorizationUrl(configuration, {
        redirect_uri: landing.redirectUri,
        scope: 'openid offline_access approve',
        resource,
        prompt: 'consent',
        state: expectedState,
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      });
      await openBrowser(address.href);
      const callback = await landing.arrival;
      const checks = { pkceCodeVerifier, expectedState };
      await keep(await client.authorizationCodeGrant(configuration, callback, checks, { resource }, { DPoP }));
    },

    refresh,

    /**
     * Claims what a QR code or a typed code stands for. @throws NativeAppRefusal with protocol.md 8's codes
     */
    scan: (what: { qr: string } | { user_code: string }) => call<Review>('POST', '/scan', what),

    /** @returns the confirmation code, where one is asked for on the other screen */
    async approve({ ticket, approval_token }: Review): Promise<string | null> {
      const path = `/tickets/${ticket}/approve`;
      const { confirmation_code } = await call<{ confirmation_code: string | null }>('POST', path, { approval_token });
      return confirmation_code;
    },

    deny: ({ ticket, approval_token }: Review, report = false) =>
      call<{ state: string }>('POST', `/tickets/${ticket}/deny`, { approval_token, report }),

    async approvals(): Promise<readonly Approved[]> {
      return (await call<{ approvals: Approved[] }>('GET', '/approvals')).approvals;
    },

    endApproval: (id: string) => call<object>('DELETE', `/approvals/${id}`),
  };
}

async function readKept(file: string): Promise<Kept | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as Kept);
}

async function importPair({ publicJwk, privateJwk }: Kept): Promise<client.CryptoKeyPair> {
  const extractable = { extractable: true };
  return {
    publicKey: (await importJWK(publicJwk, 'ES256', extractable)) as client.CryptoKey,
    privateKey: (await importJWK(privateJwk, 'ES256', extractable)) as client.CryptoKey,
  };
}

/** RFC 8252 §7.3: any free port of this machine, for one answer. */
async function listen(): Promise<{ redirectUri: string; arrival: Promise<URL> }> {
  const { promise, resolve } = Promise.withResolvers<URL>();
  const server = createServer((req, res) => {
    const { port } = server.address() as AddressInfo;
    const arrived = new URL(req.url ?? '/', `http://127.0.0.1:${port}`);
    if (arrived.pathname !== '/callback') return res.writeHead(404).end();
    res.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    res.end('Signed in. You can go back to the app.');
    server.close();
    resolve(arrived);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { redirectUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, arrival: promise };
}
