// What `tessera key list` and `key rotate` do: show the signing keys, and rotate them.
import { byCommandLine } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';

import type { Context } from './command.ts';
import { counted, isoOf, type Table } from './output.ts';

type Json = { readonly json: boolean };
/** A key as commands show it: never its private part. */
type ShownKey = {
  readonly key: { readonly kid: string; readonly alg: string; readonly createdAt: number };
} & Omit<Awaited<ReturnType<SigningKeys['list']>>[number], 'key'>;
/** The use-cases that the commands need. A provider elsewhere answers them in remote/system.ts. */
export type KeyDesk = {
  list(): Promise<ShownKey[]>;
  rotate(how: { immediately: boolean }): Promise<ShownKey[]>;
};
type Deps = { readonly keys: KeyDesk; readonly audit: Pick<Audit, 'asked'> };

/** `key list`. */
export const listKeys = async ({ keys }: Pick<Deps, 'keys'>, values: Json): Promise<string | Table> =>
  describe(await keys.list(), values);

/** `key rotate`, after a confirmation if immediately. Prints the keys that there are then. */
export async function rotateKeys(
  { keys, audit }: Deps,
  values: Json & { readonly immediately: boolean },
  { confirm }: Pick<Context, 'confirm'>,
): Promise<string | Table> {
  const { immediately } = values;
  if (immediately) await confirm(lossOf(await keys.list()));
  await audit.asked('key.rotation_asked', {}, { immediately, ...byCommandLine });
  return describe(await keys.rotate({ immediately }), values);
}

/** What is lost when all keys are replaced at once, for the question. */
function lossOf(keys: readonly ShownKey[]): string {
  const kids = keys.filter(({ state }) => state !== 'retired').map(({ key }) => `${key.alg} ${key.kid}`);
  return [
    `${counted(kids.length, 'signing key')} will be removed at once:`,
    ...kids.map((kid) => `  ${kid}`),
    'Tokens that they signed are no longer valid, and apps that cache keys reject new ones until they fetch them.',
  ].join('\n');
}

/** JSON has epoch seconds, tables have ISO 8601. */
function describe(keys: readonly ShownKey[], { json }: Json): string | Table {
  const shown = keys.map(({ key, state, signsFrom, retiresAt }) => ({
    kid: key.kid,
    alg: key.alg,
    state,
    created_at: key.createdAt,
    signs_from: signsFrom,
    retires_at: retiresAt,
  }));
  if (json) return JSON.stringify(shown);
  const instant = (seconds: number | null) => (seconds === null ? '-' : isoOf(seconds));
  const line = (key: (typeof shown)[number]) =>
    `${key.alg}\t${key.state}\t${key.kid}\tsigns from ${instant(key.signs_from)}\tretires ${instant(key.retires_at)}`;
  return {
    headers: ['ALGORITHM', 'STATE', 'KEY ID', 'SIGNS FROM', 'RETIRES'],
    rows: shown.map((key) => [key.alg, key.state, key.kid, instant(key.signs_from), instant(key.retires_at)]),
    piped: shown.map(line),
    none: 'There are no signing keys yet. The first start creates them.',
  };
}
