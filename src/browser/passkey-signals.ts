// Tells the browser, and through it the password manager, what changed about passkeys (WebAuthn Level 3
// §5.1.10, the Signal API): one that was removed here is no longer offered, and others carry the current
// name.
// Browsers without these methods keep what they have.

/** What the server wrote into the page (http/account/passkey-signal.ts). */
type Account = {
  readonly rpId: string;
  /** The user handle of the account, base64url. */
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  /** The ids of all passkeys of the account. Null: the page does not list them. */
  readonly allAcceptedCredentialIds: readonly string[] | null;
};
type Signals = {
  signalUnknownCredential?(options: { rpId: string; credentialId: string }): Promise<void>;
  signalAllAcceptedCredentials?(options: object): Promise<void>;
  signalCurrentUserDetails?(options: object): Promise<void>;
};

const signals = (): Signals => (globalThis as { PublicKeyCredential?: Signals }).PublicKeyCredential ?? {};

/** A signal is a favour to the browser. Its failure changes nothing for the person. */
const quietly = (signal: Promise<void> | undefined): Promise<void> => Promise.resolve(signal).catch(() => {});

/** The server does not know this passkey (any more), so nobody should be offered it again. */
export const signalUnknown = (rpId: string, credentialId: string): Promise<void> =>
  quietly(signals().signalUnknownCredential?.({ rpId, credentialId }));

/** Tells which passkeys the account has, and how it is called. Does nothing on pages without the data. */
export async function signalAccount(): Promise<void> {
  const data = document.querySelector('#passkey-signal')?.textContent;
  if (!data) return;
  const { allAcceptedCredentialIds, name, displayName, ...who } = JSON.parse(data) as Account;
  if (allAcceptedCredentialIds !== null)
    await quietly(signals().signalAllAcceptedCredentials?.({ ...who, allAcceptedCredentialIds }));
  await quietly(signals().signalCurrentUserDetails?.({ ...who, name, displayName }));
}
