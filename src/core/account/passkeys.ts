// Use-cases of passkeys: create one, verify a person by one, list, rename, remove (WebAuthn Level 3, by
// @simplewebauthn/server). Wrong answers are refused alike (security.md D4, D8), except three that the owner
// of the passkey can do something about.
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../../clock.ts';
import { digest, randomSecret } from '../../crypto.ts';
import type { Account } from './account.ts';
import {
  challengeSeconds,
  maxPasskeys,
  type Passkey,
  PasskeyError,
  type PasskeyId,
  parsePasskeyName,
  usedPasskey,
} from './passkey.ts';
import type { PasskeyStore } from './passkey-store.ts';

export type { AuthenticationResponseJSON, PublicKeyCredentialRequestOptionsJSON, RegistrationResponseJSON };

/**
 * What an answer may be used for, from the general to the particular. An answer to a challenge of another
 * binding is refused.
 */
export type Binding = readonly [purpose: 'create' | 'sign_in' | 'interaction' | 'approve', ...facts: string[]];

/** The passkey that answered, and its account. The authenticator has verified the person. */
export type PasskeyProof = { readonly account: Account; readonly passkey: Passkey };

export type PasskeysDeps = {
  readonly store: PasskeyStore;
  readonly clock: Clock;
  readonly issuer: string;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<Account | null>;
};

export type Passkeys = ReturnType<typeof createPasskeys>;

/** EdDSA, ES256, RS256 (RFC 9053, RFC 8812). */
const algorithms = [-8, -7, -257];

/** Loaded at the first ceremony, because it takes 170 ms and 27 MB. */
const webauthn = () => import('@simplewebauthn/server');

export function createPasskeys({ store, clock, issuer, findAccount }: PasskeysDeps) {
  const { hostname: rpID, origin } = new URL(issuer);
  const verified = { expectedOrigin: origin, expectedRPID: rpID } as const;

  async function challengeFor(binding: Binding) {
    const challenge = randomSecret(256);
    const bindingHash = hashOf(binding);
    await store.createChallenge({ id: digest(challenge), bindingHash, expiresAt: clock() + challengeSeconds });
    // Passed as bytes, because the library would encode a string once more.
    return { challenge: new Uint8Array(Buffer.from(challenge, 'base64url')), timeout: challengeSeconds * 1000 };
  }

  /**
   * Deletes the challenge before anything is checked, so that each can be answered only once.
   * @throws PasskeyError
   */
  async function takeChallenge(clientDataJSON: string, binding: Binding): Promise<string> {
    const challenge = challengeIn(clientDataJSON);
    const taken = challenge === null ? null : await store.takeChallenge(digest(challenge));
    if (challenge === null || taken?.bindingHash !== hashOf(binding)) throw invalid();
    return challenge;
  }

  const descriptorOf = ({ id, transports }: Passkey) => ({ id, transports: [...transports] });

  return {
    /** The host name that all passkeys of this issuer belong to (WebAuthn §4, RP ID). */
    rpId: rpID,

    /**
     * Whether this issuer can have passkeys. WebAuthn needs a host name (§5.1.2), so an IP address, as on a
     * LAN, cannot.
     */
    isPossible: !/^(\d+(\.\d+){3}|\[.*\])$/.test(rpID),

    /**
     * Options for creating a passkey: discoverable, with user verification, and none that the account has
     * already.
     * @throws PasskeyError `passkey_limit`
     */
    async creationOptions(account: Account, binding: Binding): Promise<PublicKeyCredentialCreationOptionsJSON> {
      const present = await store.listByAccount(account.id);
      if (present.length >= maxPasskeys) throw limit();
      const { generateRegistrationOptions } = await webauthn();
      return generateRegistrationOptions({
        rpName: rpID,
        rpID,
        userID: new Uint8Array(Buffer.from(account.id)),
        userName: account.username,
        userDisplayName: account.displayName,
        attestationType: 'none',
        excludeCredentials: present.map(descriptorOf),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
        ...(await challengeFor(binding)),
      });
    },

    /**
     * Verifies the answer and stores the passkey.
     * @throws PasskeyError `passkey_invalid`, `passkey_unverified`, `passkey_taken`, `passkey_limit`,
     *   `passkey_name_invalid`
     */
    async create(
      account: Account,
      input: { response: RegistrationResponseJSON; name: string },
      binding: Binding,
    ): Promise<Passkey> {
      const name = parseName(input.name);
      const expectedChallenge = await takeChallenge(input.response.response.clientDataJSON, binding);
      const { verifyRegistrationResponse } = await webauthn();
      const { registrationInfo } = await verifyRegistrationResponse({
        response: input.response,
        expectedChallenge,
        supportedAlgorithmIDs: algorithms,
        // Checked below, so that the refusal can say so.
        requireUserVerification: false,
        ...verified,
      }).catch(refuse);
      if (!registrationInfo) throw invalid();
      if (!registrationInfo.userVerified) throw unverified();
      if ((await store.listByAccount(account.id)).length >= maxPasskeys) throw limit();
      const { credential, credentialBackedUp } = registrationInfo;
      const passkey: Passkey = {
        id: credential.id as PasskeyId,
        accountId: account.id,
        name,
        publicKey: Buffer.from(credential.publicKey).toString('base64url'),
        counter: credential.counter,
        transports: credential.transports ?? [],
        synced: credentialBackedUp,
        createdAt: clock(),
        lastUsedAt: null,
      };
      if (!(await store.create(passkey))) throw new PasskeyError('passkey_taken', 'This passkey is there already.');
      return passkey;
    },

    /**
     * Options for verifying a person. Without an account the authenticator offers the passkeys that it has
     * (discoverable).
     * @returns null when the account has no passkey
     */
    async requestOptions(binding: Binding, accountId?: string): Promise<PublicKeyCredentialRequestOptionsJSON | null> {
      const allowed = accountId === undefined ? [] : await store.listByAccount(accountId);
      if (accountId !== undefined && allowed.length === 0) return null;
      const { generateAuthenticationOptions } = await webauthn();
      return generateAuthenticationOptions({
        rpID,
        allowCredentials: allowed.map(descriptorOf),
        userVerification: 'required',
        ...(await challengeFor(binding)),
      });
    },

    /**
     * Verifies an answer. Whoever sends an unknown id learns only that: ids are random, and nobody can list
     * them. The other two reasons are given for a valid signature alone.
     * @param accountId the account whose passkey is required; absent: any
     * @throws PasskeyError `passkey_unknown` for a passkey that was removed here, `passkey_unverified` for a
     *   key without a PIN, `passkey_counter` for a copy, `passkey_invalid` for everything else
     */
    async prove(response: AuthenticationResponseJSON, binding: Binding, accountId?: string): Promise<PasskeyProof> {
      const expectedChallenge = await takeChallenge(response.response.clientDataJSON, binding);
      const known = await store.find(response.id as PasskeyId);
      if (!known) throw unknown();
      const account = await findAccount(known.accountId);
      if (!account || (accountId !== undefined && account.id !== accountId)) throw invalid();
      const { userHandle } = response.response;
      if (userHandle && Buffer.from(userHandle, 'base64url').toString() !== account.id) throw invalid();
      const { verifyAuthenticationResponse } = await webauthn();
      const { verified: isRight, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge,
        credential: {
          id: known.id,
          publicKey: new Uint8Array(Buffer.from(known.publicKey, 'base64url')),
          // The library would judge the counter before the signature. `usedPasskey` judges it afterwards.
          counter: 0,
        },
        requireUserVerification: false,
        ...verified,
      }).catch(refuse);
      if (!isRight) throw invalid();
      if (!authenticationInfo.userVerified) throw unverified();
      const use = {
        counter: authenticationInfo.newCounter,
        synced: authenticationInfo.credentialBackedUp,
        at: clock(),
      };
      const passkey = await store.update(known.id, (current) => usedPasskey(current, use));
      if (!passkey) throw unknown();
      return { account, passkey };
    },

    /** The account's passkeys, oldest first. */
    list: (accountId: string): Promise<Passkey[]> => store.listByAccount(accountId),

    /** Renames a passkey. @throws PasskeyError `passkey_not_found`, `passkey_name_invalid` */
    async rename(accountId: string, id: PasskeyId, typed: string): Promise<Passkey> {
      const name = parseName(typed);
      const found = await store.find(id);
      const renamed = found?.accountId === accountId && (await store.update(id, (current) => ({ ...current, name })));
      if (!renamed) throw notFound();
      return renamed;
    },

    /** Deletes all passkeys of an account that is being deleted. */
    async forget(accountId: string): Promise<void> {
      const all = await store.listByAccount(accountId);
      await Promise.all(all.map((passkey) => store.delete(passkey, { keepLast: false })));
    },

    /**
     * Removes a passkey, unless it is the account's last way to sign in.
     * @throws PasskeyError `passkey_not_found`, `passkey_last`
     */
    async remove(account: Account, id: PasskeyId): Promise<Passkey> {
      const found = await store.find(id);
      if (found?.accountId !== account.id) throw notFound();
      const outcome = await store.delete(found, { keepLast: account.passwordHash === null });
      if (outcome === 'absent') throw notFound();
      if (outcome === 'last')
        throw new PasskeyError('passkey_last', 'This is the only way to sign in to this account.');
      return found;
    },
  };
}

const hashOf = (binding: Binding): string => digest(JSON.stringify(binding));

/** Reads the challenge that an answer names. Null when unreadable. */
function challengeIn(clientDataJSON: string): string | null {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    return typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}

function parseName(typed: string): string {
  const name = parsePasskeyName(typed);
  if (name === null) throw new PasskeyError('passkey_name_invalid', 'A passkey needs a visible name.');
  return name;
}

const invalid = (cause?: unknown) =>
  new PasskeyError('passkey_invalid', 'This passkey could not be accepted. Try again.', { cause });
const unknown = () =>
  new PasskeyError('passkey_unknown', 'No account has this passkey any more. Delete it where you keep it.');
const unverified = () => new PasskeyError('passkey_unverified', 'The key did not check who used it. Set a PIN for it.');
const limit = () => new PasskeyError('passkey_limit', `An account has at most ${maxPasskeys} passkeys.`);
const notFound = () => new PasskeyError('passkey_not_found', 'There is no such passkey.');

/** The library's error says which check failed. It is kept as the cause and never shown. */
function refuse(cause: unknown): never {
  throw invalid(cause);
}
