// Port: when clients and their secrets were last used. It is separate from the client records, because every
// change of those is a revision.

export type ClientUse = {
  /** Epoch seconds of the last sign-in. Null: none was recorded. */
  readonly signedInAt: number | null;
  /** Epoch seconds of each secret's last use, by the secret's hash. */
  readonly secretsUsedAt: Readonly<Record<string, number>>;
};

/** `what` is `sign-in`, or a secret's hash. */
export type UseToRecord = { readonly clientId: string; readonly what: string; readonly at: number };

export type ClientUseStore = {
  /** Stores the uses. Of concurrent ones the latest instant is kept. */
  record(uses: readonly UseToRecord[]): Promise<void>;
  /** Returns one entry per id, in the same order. */
  find(clientIds: readonly string[]): Promise<ClientUse[]>;
};

export const neverUsed: ClientUse = { signedInAt: null, secretsUsedAt: {} };

const signIn = 'sign-in';

/** Builds a ClientUse from the pairs that a store returns. */
export function clientUseOf(entries: Iterable<readonly [what: string, at: number]>): ClientUse {
  const { [signIn]: signedInAt = null, ...secretsUsedAt } = Object.fromEntries(entries);
  return { signedInAt, secretsUsedAt };
}
