// Port: when clients and their secrets were last used. It is separate from the client records, because every
// change of those is a revision.

/** What an authorization request protected its code with. Stored: do not rename one. */
export type SignInProtection = 'pkce+nonce' | 'pkce' | 'nonce' | 'neither';

export type ClientUse = {
  /** Epoch seconds of the last sign-in. Null: none was recorded. */
  readonly signedInAt: number | null;
  /** Epoch seconds of the last sign-in by what protected it. Screens have no such request. */
  readonly protectionUsedAt: Readonly<Partial<Record<SignInProtection, number>>>;
  /** Epoch seconds of each secret's last use, by the secret's hash. */
  readonly secretsUsedAt: Readonly<Record<string, number>>;
};

/** `what` is `sign-in`, `sign-in:` with a protection, or a secret's hash. */
export type UseToRecord = { readonly clientId: string; readonly what: string; readonly at: number };

export type ClientUseStore = {
  /** Stores the uses. Of concurrent ones the latest instant is kept. */
  record(uses: readonly UseToRecord[]): Promise<void>;
  /** Returns one entry per id, in the same order. */
  find(clientIds: readonly string[]): Promise<ClientUse[]>;
};

export const neverUsed: ClientUse = { signedInAt: null, protectionUsedAt: {}, secretsUsedAt: {} };

const signIn = 'sign-in';
/** A hash is base64url, so no secret can have this prefix. */
const protectedBy = 'sign-in:';

/** Name of the use that records a sign-in with this protection. */
export const useOfProtection = (protection: SignInProtection): string => `${protectedBy}${protection}`;

/** Builds a ClientUse from the pairs that a store returns. */
export function clientUseOf(entries: Iterable<readonly [what: string, at: number]>): ClientUse {
  const { [signIn]: signedInAt = null, ...rest } = Object.fromEntries(entries);
  const isProtection = ([what]: readonly [string, number]) => what.startsWith(protectedBy);
  const protections = Object.entries(rest).filter(isProtection);
  return {
    signedInAt,
    protectionUsedAt: Object.fromEntries(protections.map(([what, at]) => [what.slice(protectedBy.length), at])),
    secretsUsedAt: Object.fromEntries(Object.entries(rest).filter((entry) => !isProtection(entry))),
  };
}
