// `tessera key …`: the signing keys and their rotation, in an operator's terminal.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';

type Values = { readonly json: boolean; readonly immediately: boolean };
type ShownKey = {
  readonly key: { readonly kid: string; readonly alg: string; readonly createdAt: number };
} & Omit<Awaited<ReturnType<SigningKeys['list']>>[number], 'key'>;
/** What is asked of this machine's store or of a provider elsewhere alike (remote/system.ts). */
export type KeyDesk = {
  list(): Promise<ShownKey[]>;
  rotate(how: { immediately: boolean }): Promise<ShownKey[]>;
};
type Deps = { readonly keys: KeyDesk; readonly audit: Pick<Audit, 'asked'> };

/** @returns what is printed */
export const listKeys = async ({ keys }: Pick<Deps, 'keys'>, values: Values): Promise<string> =>
  describe(await keys.list(), values);

/** As listKeys, afterwards. */
export async function rotateKeys({ keys, audit }: Deps, values: Values): Promise<string> {
  const { immediately } = values;
  await audit.asked('key.rotation_asked', {}, { immediately, ...byCommandLine });
  return describe(await keys.rotate({ immediately }), values);
}

function describe(keys: readonly ShownKey[], { json }: Values): string {
  const shown = keys.map(({ key, state, signsFrom, retiresAt }) => ({
    kid: key.kid,
    alg: key.alg,
    state,
    created_at: key.createdAt,
    signs_from: signsFrom,
    retires_at: retiresAt,
  }));
  const instant = (seconds: number | null) => (seconds === null ? '-' : new Date(seconds * 1000).toISOString());
  const line = (key: (typeof shown)[number]) =>
    `${key.alg}\t${key.state}\t${key.kid}\tsigns from ${instant(key.signs_from)}\tretires ${instant(key.retires_at)}`;
  return json ? JSON.stringify(shown) : shown.map(line).join('\n');
}
