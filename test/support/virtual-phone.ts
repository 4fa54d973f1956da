// A phone in code: it holds a real device key and cookie, and speaks only the public interface (protocol.md
// 4).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

export type Answer = { status: number; body: Record<string, unknown>; text: string; headers: Headers };
export type Claim = {
  ticket: string;
  approvalToken: string;
  /** For which the phone would approve. */
  account: { username: string; name: string };
  context: Record<string, unknown>;
  requires: string[];
  /** To choose from, where this phone was asked. */
  numbers: string[] | null;
  /** PublicKeyCredentialRequestOptionsJSON, where a passkey is asked. */
  passkeyOptions: Record<string, unknown> | null;
};
/** What answers WebAuthn's questions: virtual-authenticator.ts. */
type Authenticator = {
  create(options: Record<string, unknown>): object;
  get(options: Record<string, unknown>): object;
};

type Kept = { cookie: string; privateJwk: JWK };

export type PhoneSettings = {
  readonly issuer: string;
  /** Where key and cookie are kept for the next run; absent: in memory only. */
  readonly folder?: string;
  readonly fetch?: typeof fetch;
  /** Milliseconds since the epoch, as this phone's clock says. */
  readonly clock?: () => number;
};

/** A refusal of the phone API, with its stable code. */
export class PhoneRefusal extends Error {
  readonly code: string;
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(String(answer.body.detail ?? answer.body.code ?? answer.status));
    this.code = String(answer.body.code ?? answer.status);
    this.answer = answer;
  }
}

export type VirtualPhone = ReturnType<typeof createVirtualPhone>;

export function createVirtualPhone({ issuer, folder, fetch: send = fetch, clock = Date.now }: PhoneSettings) {
  let key: { privateKey: CryptoKey; publicJwk: JWK } | undefined;
  let cookie = '';
  /** How far the server's clock is ahead, in seconds. Known after a refusal because of the clock. */
  let ahead = 0;

  async function useKey(privateJwk?: JWK) {
    if (privateJwk) {
      const { d: _private, ...publicJwk } = privateJwk;
      key = { privateKey: (await importJWK(privateJwk, 'ES256', { extractable: true })) as CryptoKey, publicJwk };
    } else {
      const pair = await generateKeyPair('ES256', { extractable: true });
      key = { privateKey: pair.privateKey, publicJwk: await exportJWK(pair.publicKey) };
    }
    return key;
  }

  /** A DPoP proof (RFC 9449) for one request. `change` lets tests make wrong ones. */
  async function proof(method: string, path: string, change: Record<string, unknown> = {}): Promise<string> {
    const { privateKey, publicJwk } = key ?? (await useKey());
    const claims = {
      htm: method,
      htu: `${issuer}${path}`,
      jti: crypto.randomUUID(),
      iat: Math.floor(clock() / 1000) + ahead,
      ...change,
    };
    return new SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: publicJwk }).sign(privateKey);
  }

  /** Sends once more, with the server's time, what was refused because of this phone's clock. */
  async function call(...of: Parameters<typeof callOnce>): Promise<Answer> {
    const answer = await callOnce(...of);
    const isOwnProof = of[3]?.DPoP === undefined;
    if (answer.body.code !== 'device_clock_wrong' || !isOwnProof) return answer;
    ahead = Number(answer.body.server_time) - Math.floor(clock() / 1000);
    return callOnce(...of);
  }

  async function callOnce(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await send(`${issuer}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(cookie && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && { DPoP: await proof(method, path) }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : {},
      text,
      headers: response.headers,
    };
  }

  async function orRefusal(answer: Promise<Answer>): Promise<Answer> {
    const settled = await answer;
    if (settled.status >= 400) throw new PhoneRefusal(settled);
    return settled;
  }

  const fileOf = (username: string) =>
    join(folder ?? '', `${encodeURIComponent(new URL(issuer).host)}-${encodeURIComponent(username)}.json`);

  async function keep(username: string): Promise<void> {
    if (!folder || !key) return;
    await mkdir(folder, { recursive: true });
    const kept: Kept = { cookie, privateJwk: await exportJWK(key.privateKey) };
    await writeFile(fileOf(username), JSON.stringify(kept), { mode: 0o600 });
  }

  return {
    proof,
    call,
    get cookie() {
      return cookie;
    },
    set cookie(value: string) {
      cookie = value;
    },
    get publicJwk() {
      return key?.publicJwk;
    },

    /** Takes up where the last run left off. @returns false when there was none. */
    async resume(username: string): Promise<boolean> {
      const text = folder ? await readFile(fileOf(username), 'utf8').catch(() => null) : null;
      if (!text) return false;
      const kept = JSON.parse(text) as Kept;
      await useKey(kept.privateJwk);
      cookie = kept.cookie;
      return (await call('GET', '/phone/v1/approvals')).status === 200;
    },

    /** Signs in as a browser's form would, registering the device key. @throws Error when refused */
    async signIn(username: string, password: string): Promise<Response> {
      const { publicJwk } = key ?? (await useKey());
      const form = {
        username,
        password,
        return_to: '/q',
        device_key: JSON.stringify(publicJwk),
        device_proof: await proof('POST', '/sign-in'),
      };
      const response = await send(`${issuer}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: issuer, ...(cookie && { cookie }) },
        body: new URLSearchParams(form),
      });
      if (response.status !== 303) throw new Error(`sign-in answered ${response.status}`);
      const set = response.headers.getSetCookie().find((line) => /^(__Host-)?tessera_device=/.test(line)) ?? '';
      cookie = set.split(';')[0] ?? '';
      await keep(username);
      return response;
    },

    /** Makes a passkey at `/account/passkeys`; the phone has signed in a moment ago. @returns its id */
    async addPasskey(authenticator: Authenticator, name = 'Phone'): Promise<string> {
      const path = '/account/passkeys';
      const asked = await orRefusal(call('POST', path, {}));
      const passkey = authenticator.create(asked.body.options as Record<string, unknown>);
      return String((await orRefusal(call('POST', path, { passkey, name }))).body.id);
    },

    /**
     * Signs in without a password. The answer counts only in the browser that was asked, so its cookie goes
     * along.
     * @throws PhoneRefusal
     */
    async signInByPasskey(authenticator: Authenticator): Promise<void> {
      const path = '/sign-in/passkey';
      const cookieIn = ({ headers }: Answer, name: RegExp) =>
        headers
          .getSetCookie()
          .find((line) => name.test(line))
          ?.split(';')[0] ?? '';
      const asked = await orRefusal(call('POST', path, {}));
      const passkey = authenticator.get(asked.body.options as Record<string, unknown>);
      const browser = { cookie: [cookie, cookieIn(asked, /^(__Host-)?tessera_browser=/)].filter(Boolean).join('; ') };
      const answer = await orRefusal(call('POST', path, { passkey, return_to: '/q' }, browser));
      cookie = cookieIn(answer, /^(__Host-)?tessera_device=/);
    },

    async scan(what: { qr: string } | { user_code: string } | { ask: string }): Promise<Claim> {
      const { body } = await orRefusal(call('POST', '/phone/v1/scan', what));
      return {
        ticket: String(body.ticket),
        approvalToken: String(body.approval_token),
        account: body.account as Claim['account'],
        context: body.context as Record<string, unknown>,
        requires: body.requires as string[],
        numbers: body.numbers as string[] | null,
        passkeyOptions: body.passkey_options as Claim['passkeyOptions'],
      };
    },

    /** @returns the confirmation code, or null. */
    async approve(
      claim: Claim,
      wish: {
        scopes?: string[];
        trust_browser?: boolean;
        passkey?: object;
        number?: string;
        user_code_confirmed?: boolean;
      } = {},
    ): Promise<string | null> {
      const path = `/phone/v1/tickets/${claim.ticket}/approve`;
      const { body } = await orRefusal(call('POST', path, { approval_token: claim.approvalToken, ...wish }));
      return body.confirmation_code === null ? null : String(body.confirmation_code);
    },

    /** @returns a new question for the passkey: each is answered once. */
    reviewAgain: async ({ ticket, approvalToken }: Claim): Promise<Record<string, unknown>> => {
      const path = `/phone/v1/tickets/${ticket}/review`;
      const { body } = await orRefusal(call('POST', path, { approval_token: approvalToken }));
      return body.passkey_options as Record<string, unknown>;
    },

    deny: (claim: Claim, report = false) =>
      orRefusal(
        call('POST', `/phone/v1/tickets/${claim.ticket}/deny`, { approval_token: claim.approvalToken, report }),
      ),

    /** Ids of what waits for this phone. */
    asks: async () =>
      (await orRefusal(call('GET', '/phone/v1/asks'))).body.asks as (Record<string, unknown> & { id: string })[],

    state: async (ticket: string): Promise<string> =>
      String((await orRefusal(call('GET', `/phone/v1/tickets/${ticket}`))).body.state),

    approvals: async () =>
      (await orRefusal(call('GET', '/phone/v1/approvals'))).body.approvals as Record<string, unknown>[],

    endApproval: (id: string) => orRefusal(call('DELETE', `/phone/v1/approvals/${id}`)),
  };
}
