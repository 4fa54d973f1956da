// The use-cases of passkeys: a valid assertion counts once and for its own challenge. Everything else gets
// the same refusal.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account } from '../../../src/core/account/account.ts';
import { amrOfPasskey, maxPasskeys, parsePasskeyName } from '../../../src/core/account/passkey.ts';
import { type Binding, createPasskeys, type Passkeys } from '../../../src/core/account/passkeys.ts';
import type { ReviewContext } from '../../../src/core/approval/approval-rules.ts';
import { createStepUp } from '../../../src/core/approval/step-up.ts';
import { openStore } from '../../../src/store/open.ts';
import { defaultRetention } from '../../../src/store/retention.ts';
import type { Store } from '../../../src/store/store.ts';
import { createClock } from '../../store/conformance/fixture.ts';
import { buildAccount, buildClient, buildDevice, buildPlace, buildTicket } from '../../store/records.ts';
import {
  createVirtualAuthenticator,
  type Flaw,
  type VirtualAuthenticator,
} from '../../support/virtual-authenticator.ts';

const issuer = 'https://id.example';
const binding: Binding = ['sign_in', 'browser'];
const making: Binding = ['create', 'account'];
const withPassword = (username: string): Account => ({ ...buildAccount(username), passwordHash: 'hash' });
const invalid = { code: 'passkey_invalid' };

let store: Store;
let clock: ReturnType<typeof createClock>;
let accounts: Account[];
let passkeys: Passkeys;
let alice: Account;
let bob: Account;
let phone: VirtualAuthenticator;

beforeEach(async () => {
  clock = createClock();
  phone = createVirtualAuthenticator({ origin: issuer });
  store = await openStore({ kind: 'sqlite', path: ':memory:' }, clock, defaultRetention);
  accounts = [alice, bob] = [withPassword('alice'), withPassword('bob')];
  const findAccount = async (id: string) =>
    accounts.find((account) => account.id === id && account.disabledAt === null) ?? null;
  passkeys = createPasskeys({ store: store.passkeys, clock, issuer, findAccount });
});
afterEach(() => store.close());

async function make(account: Account, authenticator: VirtualAuthenticator = phone, name = 'Phone') {
  const options = await passkeys.creationOptions(account, making);
  return passkeys.create(account, { response: authenticator.create({ ...options }), name }, making);
}

async function answer(flaw: Flaw = {}, asked: Binding = binding, accountId?: string, authenticator = phone) {
  const options = await passkeys.requestOptions(asked, accountId);
  return authenticator.get({ ...options }, flaw);
}

describe('the registration of a passkey', () => {
  it('D8 requires a resident key and user verification, no attestation, and excludes existing passkeys', async () => {
    const first = await make(alice);
    expect(await passkeys.creationOptions(alice, making)).toMatchObject({
      rp: { id: 'id.example' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: first.id, type: 'public-key' }],
    });
  });

  it('stores name, counter, and whether the passkey is synced or bound to one device', async () => {
    const here = await make(alice, phone, '  My\u202e\n phone ');
    expect(here).toMatchObject({ name: 'My phone', synced: false, lastUsedAt: null, createdAt: clock() });
    const manager = createVirtualAuthenticator({ origin: issuer, synced: true });
    const synced = await make(alice, manager, 'Manager');
    expect([amrOfPasskey(here), amrOfPasskey(synced)]).toEqual([
      ['hwk', 'user', 'mfa'],
      ['swk', 'user', 'mfa'],
    ]);
    expect((await passkeys.list(alice.id)).map(({ name }) => name).sort()).toEqual(['Manager', 'My phone']);
  });

  it.each<[string, Flaw, string?]>([
    ['without the person verified', { isUserVerified: false }, 'passkey_unverified'],
    ['made on another site', { origin: 'https://id.example.evil' }],
    ['made for another site', { rpId: 'evil.example' }],
    ['with another challenge', { challenge: 'AAAA' }],
    ['that is an answer to something else', { type: 'webauthn.get' }],
  ])('D8 refuses a registration %s', async (_, flaw, code = 'passkey_invalid') => {
    const options = await passkeys.creationOptions(alice, making);
    const response = phone.create({ ...options }, flaw);
    await expect(passkeys.create(alice, { response, name: 'x' }, making)).rejects.toMatchObject({ code });
    expect(await passkeys.list(alice.id)).toEqual([]);
  });

  it('refuses an id that is in use, an invisible name, and more passkeys than allowed', async () => {
    const first = await make(alice);
    const options = await passkeys.creationOptions(bob, making);
    const stolen = phone.create({ ...options }, { id: first.id });
    await expect(passkeys.create(bob, { response: stolen, name: 'x' }, making)).rejects.toMatchObject({
      code: 'passkey_taken',
    });
    await expect(make(alice, phone, ' \u200b\u00ad ')).rejects.toMatchObject({ code: 'passkey_name_invalid' });
    for (let count = 1; count < maxPasskeys; count++) await make(alice);
    await expect(make(alice)).rejects.toMatchObject({ code: 'passkey_limit' });
    // Before the authenticator is asked, not only after it made one.
    await expect(passkeys.creationOptions(alice, making)).rejects.toMatchObject({ code: 'passkey_limit' });
  });
});

describe('an assertion', () => {
  it('D8 is accepted once and records the use of the passkey', async () => {
    const made = await make(alice);
    const response = await answer();
    clock.now += 100;
    const { account, passkey } = await passkeys.prove(response, binding);
    expect([account.id, passkey.id, passkey.lastUsedAt]).toEqual([alice.id, made.id, clock()]);
    await expect(passkeys.prove(response, binding)).rejects.toMatchObject(invalid);
  });

  it('D8 is accepted once of 50 parallel requests', async () => {
    await make(alice, createVirtualAuthenticator({ origin: issuer, synced: true }));
    const manager = createVirtualAuthenticator({ origin: issuer, synced: true });
    await make(bob, manager);
    const response = await answer({}, binding, bob.id, manager);
    const tries = await Promise.allSettled(Array.from({ length: 50 }, () => passkeys.prove(response, binding)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it.each<[string, Flaw, string?]>([
    ['without the person verified', { isUserVerified: false }, 'passkey_unverified'],
    ['given to another site', { origin: 'http://id.example' }],
    ['by a passkey of another site', { rpId: 'example' }],
    ['to another challenge', { challenge: 'AAAA' }],
    ['that is a creation', { type: 'webauthn.create' }],
    ['that is not signed', { isSignatureBroken: true }],
    ['that is neither signed nor verified', { isSignatureBroken: true, isUserVerified: false }],
    ['that is not signed and counts back', { isSignatureBroken: true, counter: 0 }],
    ['in another’s name', { userHandle: Buffer.from('somebody').toString('base64url') }],
  ])('D8 B13 is refused %s, and its challenge is used up', async (_, flaw, code = 'passkey_invalid') => {
    await make(alice);
    const options = { ...(await passkeys.requestOptions(binding, alice.id)) };
    await expect(passkeys.prove(phone.get(options, flaw), binding)).rejects.toMatchObject({ code });
    if (flaw.challenge) return;
    await expect(passkeys.prove(phone.get(options), binding)).rejects.toMatchObject(invalid);
  });

  it('D8 is refused when it is late or its counter decreased', async () => {
    await make(alice);
    const late = await answer({}, binding, alice.id);
    clock.now += 300;
    await expect(passkeys.prove(late, binding)).rejects.toMatchObject(invalid);
    await passkeys.prove(await answer({ counter: 100 }, binding, alice.id), binding);
    for (const counter of [100, 99, 0])
      await expect(passkeys.prove(await answer({ counter }, binding, alice.id), binding)).rejects.toMatchObject({
        code: 'passkey_counter',
      });
    await passkeys.prove(await answer({ counter: 101 }, binding, alice.id), binding);
  });

  it('D4 is requested without naming credentials, and refused for a disabled account as for a wrong answer', async () => {
    const made = await make(alice);
    expect((await passkeys.requestOptions(binding))?.allowCredentials).toEqual([]);
    const byId = async () => passkeys.prove(await answer({ id: made.id }), binding);
    await byId();
    accounts[0] = { ...alice, disabledAt: clock() };
    await expect(byId()).rejects.toMatchObject(invalid);
    accounts[0] = alice;
  });

  it('by a removed or unknown passkey is refused as unknown, so that its manager can forget it', async () => {
    const made = await make(alice);
    const removed = await answer({ id: made.id });
    await passkeys.remove(alice, made.id);
    const unknown = { code: 'passkey_unknown' };
    await expect(passkeys.prove(removed, binding)).rejects.toMatchObject(unknown);
    await expect(passkeys.prove(await answer({ id: made.id }), binding, bob.id)).rejects.toMatchObject(unknown);
  });

  it('cannot be requested without a passkey, nor at an IP address instead of a host name', async () => {
    expect(await passkeys.requestOptions(binding, bob.id)).toBeNull();
    const deps = { store: store.passkeys, clock, findAccount: async () => null };
    const isPossible = ['https://10.0.0.5:3000', 'https://[::1]', 'http://localhost:3000'].map(
      (issuer) => createPasskeys({ ...deps, issuer }).isPossible,
    );
    expect(isPossible).toEqual([false, false, true]);
  });
});

describe('removal and renaming', () => {
  it('D8 keep the last way to sign in, and reach only the passkeys of the same account', async () => {
    const made = await make(alice);
    const passwordless = { ...alice, passwordHash: null };
    await expect(passkeys.remove(passwordless, made.id)).rejects.toMatchObject({ code: 'passkey_last' });
    await expect(passkeys.remove(bob, made.id)).rejects.toMatchObject({ code: 'passkey_not_found' });
    await expect(passkeys.rename(bob.id, made.id, 'mine')).rejects.toMatchObject({ code: 'passkey_not_found' });
    expect((await passkeys.rename(alice.id, made.id, 'Key')).name).toBe('Key');
    await passkeys.remove(alice, made.id);
    await expect(passkeys.remove(alice, made.id)).rejects.toMatchObject({ code: 'passkey_not_found' });
  });

  it('reduce a name to one plain line', () => {
    expect(parsePasskeyName('  a\n\u202eb\u0000 ')).toBe('a b');
    expect(parsePasskeyName('\u200b')).toBeNull();
    expect(parsePasskeyName('x'.repeat(100))).toHaveLength(60);
  });
});

describe('an approval by passkey', () => {
  const device = () => buildDevice({ accountId: alice.id });
  const contextOf = (): ReviewContext => ({
    ticket: buildTicket(clock()),
    userCode: null,
    client: buildClient('web'),
    isBrowserKnown: false,
    comparison: 'unknown',
    places: { browser: null, phone: null },
    distanceKm: null,
    risk: { level: 'high', reasons: ['browser_new'] },
    requirements: { confirmationCode: true, userVerification: true, scanner: false },
    needsReauthentication: false,
  });

  it('B13 is bound to the ticket, decision, account, device and displayed details', async () => {
    await make(alice);
    await make(bob);
    const [context, mine, stepUp] = [contextOf(), device(), createStepUp({ passkeys })];
    const { ticket, client } = context;
    const other: [string, ReviewContext, typeof mine][] = [
      ['ticket', { ...context, ticket: { ...ticket, id: buildTicket(clock()).id } }, mine],
      ['device', context, { ...mine, id: device().id }],
      ['account', context, { ...mine, accountId: bob.id }],
      ['risk', { ...context, risk: { level: 'high', reasons: ['browser_new', 'second_scan'] } }, mine],
      ['place', { ...context, places: { browser: buildPlace('DE'), phone: null } }, mine],
      ['comparison', { ...context, comparison: 'different_address' }, mine],
      ['site', { ...context, client: { ...client, id: 'other' } }, mine],
      [
        'scopes',
        { ...context, ticket: { ...ticket, request: { ...ticket.request, scopes: ['openid', 'email'] } } },
        mine,
      ],
      ['browser', { ...context, ticket: { ...ticket, browser: { ...ticket.browser, name: 'Opera' } } }, mine],
    ];
    for (const [name, changed, by] of other) {
      const given = phone.get({ ...(await stepUp.ask(context, mine)) });
      await expect(stepUp.verify(given, changed, by), name).rejects.toMatchObject(invalid);
    }
    const signIn = await answer({}, ['sign_in', 'browser'], alice.id);
    await expect(stepUp.verify(signIn, context, mine), 'decision').rejects.toMatchObject(invalid);
    const right = phone.get({ ...(await stepUp.ask(context, mine)) });
    expect((await stepUp.verify(right, context, mine)).account.id).toBe(alice.id);
  });

  it('is requested only where a tap is not enough', async () => {
    await make(alice);
    const context = contextOf();
    const tap = { ...context, requirements: { ...context.requirements, userVerification: false } };
    const stepUp = createStepUp({ passkeys });
    expect(await stepUp.ask(tap, device())).toBeNull();
    expect(await stepUp.ask({ ...tap, needsReauthentication: true }, device())).not.toBeNull();
    expect((await stepUp.ask(context, device()))?.userVerification).toBe('required');
  });
});
