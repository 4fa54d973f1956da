// The passkey request behind a user name field: renewed before it expires, after a refusal and after a
// dialog, and the Signal API, which tells the browser what changed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, type FakePage, loadScript, openFakePage } from '../support/fake-page.ts';

type Answer = { ok: boolean | null; problem?: { code: string } };
type Field = {
  offerInField(path: string, options: object, done: (answer: Answer) => unknown): Promise<void>;
  abandon(): void;
};
type Passkey = { signInByPasskey(path: string): Promise<Answer> };
/** A request of the page to the authenticator, which waits for the test. */
type Asked = { challenge: string; isSilent: boolean; choose(): void; refuse(name: string): void; isAborted(): boolean };

const challengeMs = 300_000;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

let page: FakePage;
let asked: Asked[];
let signals: [string, object][];
let served: number;
/** The server's answer to a response of the authenticator. */
let verdict: () => Response;

/** What the page's script finds around it. Node.js has neither, so its types do not allow them. */
type Globals = { window: object; document: { querySelector(selector: string): object | null } };
const globals = () => globalThis as unknown as Globals;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  [asked, signals, served] = [[], [], 0];
  verdict = () => answer({ location: '/' });
  page = openFakePage(async (_path, init) => {
    if (String(init.body).includes('"passkey"')) return verdict();
    served += 1;
    const challenge = Buffer.from(`challenge ${served}`).toString('base64url');
    return answer({ options: { challenge, rpId: 'id.example', timeout: challengeMs, allowCredentials: [] } });
  });
  Object.assign(globals().window, { isSecureContext: true });
  Object.assign(globals().document, { querySelectorAll: () => [{}] });
  const signal = (name: string) => async (options: object) => void signals.push([name, options]);
  vi.stubGlobal(
    'PublicKeyCredential',
    Object.assign(() => {}, {
      isConditionalMediationAvailable: async () => true,
      signalUnknownCredential: signal('unknown'),
      signalAllAcceptedCredentials: signal('accepted'),
      signalCurrentUserDetails: signal('names'),
    }),
  );
  Object.assign(navigator, { credentials: { get } });
});
afterEach(async () => {
  // The library has one ceremony for all pages of this process.
  (await loadScript<Field>('passkey-field')).abandon();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

type Options = { publicKey: { challenge: ArrayBuffer }; mediation?: string; signal: AbortSignal };

function get({ publicKey, mediation, signal }: Options): Promise<unknown> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    const bytes = new Uint8Array([1]).buffer;
    const response = { authenticatorData: bytes, clientDataJSON: bytes, signature: bytes, userHandle: null };
    asked.push({
      challenge: Buffer.from(publicKey.challenge).toString(),
      isSilent: mediation === 'conditional',
      choose: () =>
        resolve({ id: 'AQ', rawId: bytes, type: 'public-key', response, getClientExtensionResults: () => ({}) }),
      refuse: (name) => reject(Object.assign(new Error(name), { name })),
      isAborted: () => signal.aborted,
    });
  });
}

async function offer(): Promise<{ field: Field; answers: Answer[]; isOver(): boolean }> {
  const field = await loadScript<Field>('passkey-field');
  const answers: Answer[] = [];
  let isOver = false;
  void field
    .offerInField('/sign-in/passkey', {}, (given) => void answers.push(given))
    .then(() => {
      isOver = true;
    });
  await pass(0);
  return { field, answers, isOver: () => isOver };
}
const refusal = (code: string) => answer({ code }, 400);
const challenges = () => asked.map(({ challenge }) => challenge);

describe('the passkey request behind a field', () => {
  it('is renewed before its challenge expires, again and again, and ends with a sign-in', async () => {
    const { answers, isOver } = await offer();
    expect(challenges()).toEqual(['challenge 1']);
    await pass(challengeMs - 31_000);
    expect(challenges()).toEqual(['challenge 1']);
    await pass(2000);
    expect(challenges()).toEqual(['challenge 1', 'challenge 2']);
    expect(asked[0]?.isAborted()).toBe(true);
    await pass(3 * challengeMs);
    expect(asked.length).toBeGreaterThan(4);
    asked.at(-1)?.choose();
    await pass(0);
    expect([answers, isOver()]).toEqual([[{ ok: true, body: { location: '/' } }], true]);
    const before = asked.length;
    await pass(challengeMs);
    expect(asked.length).toBe(before);
  });

  it('is renewed when a phone that slept wakes up, although its timers are late', async () => {
    await offer();
    vi.setSystemTime(Date.now() + 600_000);
    page.setHidden(true);
    page.setHidden(false);
    await pass(0);
    expect(challenges()).toEqual(['challenge 1', 'challenge 2']);
  });

  it('is renewed after a refusal, which is shown', async () => {
    const { answers } = await offer();
    verdict = () => refusal('passkey_invalid');
    asked[0]?.choose();
    await pass(0);
    expect(answers).toMatchObject([{ ok: false, problem: { code: 'passkey_invalid' } }]);
    expect(challenges()).toEqual(['challenge 1', 'challenge 2']);
  });

  it('gives way to a dialog, and comes back after it', async () => {
    await offer();
    const { signInByPasskey } = await loadScript<Passkey>('passkey');
    const signIn = signInByPasskey('/sign-in/passkey');
    await pass(0);
    expect(asked.map(({ isSilent }) => isSilent)).toEqual([true, false]);
    expect(asked[0]?.isAborted()).toBe(true);
    await pass(60_000);
    expect(asked.length, 'nothing replaces a dialog that is open').toBe(2);
    asked[1]?.refuse('NotAllowedError');
    expect(await signIn).toEqual({ ok: null });
    await pass(0);
    expect(asked.map(({ isSilent }) => isSilent)).toEqual([true, false, true]);
  });

  it('waits before it asks again when the browser or the server refuses', async () => {
    await offer();
    asked[0]?.refuse('NotAllowedError');
    await pass(14_000);
    expect(asked.length).toBe(1);
    await pass(2000);
    expect(asked.length).toBe(2);
    page.serve(async () => refusal('rate_limited'));
    asked[1]?.refuse('NotAllowedError');
    await pass(120_000);
    expect(asked.length).toBe(2);
  });

  it('ends when the form is sent, and when the sign-in is over', async () => {
    const first = await offer();
    first.field.abandon();
    await pass(challengeMs);
    expect([asked.length, asked[0]?.isAborted(), first.isOver()]).toEqual([1, true, true]);
    vi.resetModules();
    page.serve(async () => answer({ code: 'interaction_not_found' }, 404));
    const second = await offer();
    expect([asked.length, second.isOver()]).toEqual([1, true]);
  });
});

describe('the Signal API', () => {
  it('hears of a passkey that was removed here, and of nothing else', async () => {
    await offer();
    for (const code of ['passkey_invalid', 'passkey_counter', 'passkey_unverified']) {
      verdict = () => refusal(code);
      asked.at(-1)?.choose();
      await pass(0);
    }
    expect(signals).toEqual([]);
    verdict = () => refusal('passkey_unknown');
    asked.at(-1)?.choose();
    await pass(0);
    expect(signals).toEqual([['unknown', { rpId: 'id.example', credentialId: 'AQ' }]]);
  });

  it('hears which passkeys the account has and how it is called, and its absence or failure harms nobody', async () => {
    const data = {
      rpId: 'id.example',
      userId: 'dQ',
      name: 'alice',
      displayName: 'Alice',
      allAcceptedCredentialIds: ['AQ'],
    };
    const { document } = globals();
    const { querySelector } = document;
    let text: string | null = JSON.stringify(data);
    Object.assign(document, {
      querySelector: (selector: string) =>
        selector === '#passkey-signal' ? text && { textContent: text } : querySelector(selector),
    });
    const { signalAccount } = await loadScript<{ signalAccount(): Promise<void> }>('passkey-signals');
    await signalAccount();
    const who = { rpId: 'id.example', userId: 'dQ' };
    expect(signals).toEqual([
      ['accepted', { ...who, allAcceptedCredentialIds: ['AQ'] }],
      ['names', { ...who, name: 'alice', displayName: 'Alice' }],
    ]);
    text = JSON.stringify({ ...data, allAcceptedCredentialIds: null });
    await signalAccount();
    expect(signals.slice(2)).toEqual([['names', { ...who, name: 'alice', displayName: 'Alice' }]]);
    vi.stubGlobal('PublicKeyCredential', { signalCurrentUserDetails: () => Promise.reject(new Error('no')) });
    await signalAccount();
    text = null;
    await signalAccount();
    vi.stubGlobal('PublicKeyCredential', undefined);
    await signalAccount();
    expect(signals.length).toBe(3);
  });
});
