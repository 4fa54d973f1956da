// Port: when clients and their secrets were last used. Kept apart from the clients themselves, whose every change is a revision.

export type ClientUse = {
  /** When somebody last signed in to it; null: never since this is kept. */
  readonly signedInAt: number | null;
  /** When each secret last proved the client, by the secret's hash. */
  readonly secretsUsedAt: Readonly<Record<string, number>>;
};

/** `what`: `sign-in`, or a secret's hash. */
export type UseToRecord = { readonly clientId: string; readonly what: string; readonly at: number };

export type ClientUseStore = {
  /** Of any number at once the latest instant stays. */
  record(uses: readonly UseToRecord[]): Promise<void>;
  /** One each, in their order. */
  find(clientIds: readonly string[]): Promise<ClientUse[]>;
};

export const neverUsed: ClientUse = { signedInAt: null, secretsUsedAt: {} };

const signIn = 'sign-in';

/** From `what` to instant. */
export function clientUseOf(entries: Iterable<readonly [what: string, at: number]>): ClientUse {
  const { [signIn]: signedInAt = null, ...secretsUsedAt } = Object.fromEntries(entries);
  return { signedInAt, secretsUsedAt };
}
