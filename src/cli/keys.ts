// `tessera key …`: the signing keys and their rotation, in an operator's terminal.
import { byCommandLine } from '../audit/actor.ts';
import type { Audit } from '../audit/audit.ts';
import type { SigningKeys } from '../oidc/keys.ts';

type Values = { readonly json: boolean; readonly immediately: boolean };
type Deps = { readonly keys: SigningKeys; readonly audit: Audit };

/** @returns what is printed */
export const listKeys = async ({ keys }: Deps, values: Values): Promise<string> => describe(await keys.list(), values);

/** As listKeys, afterwards. */
export async function rotateKeys({ keys, audit }: Deps, values: Values): Promise<string> {
  const { immediately } = values;
  await audit.asked('key.rotation_asked', {}, { immediately, ...byCommandLine });
  return describe(await keys.rotate({ immediately }), values);
}

function describe(keys: Awaited<ReturnType<SigningKeys['list']>>, { json }: Values): string {
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
