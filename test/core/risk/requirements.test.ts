// What an approval needs beyond a tap, as tables: the client's policy against what is known (protocol.md 5).
import { describe, expect, it } from 'vitest';
import { defaultQrPolicy, type QrPolicy } from '../../../src/core/client/client.ts';
import { requirementsFor } from '../../../src/core/risk/requirements.ts';

type Facts = Parameters<typeof requirementsFor>[1];

const policies = {
  confirmation: ['auto', 'always', 'never'],
  verification: ['auto', 'required', 'none'],
} as const;

/** Columns: qr_confirmation auto, always, never. */
const confirmation = `
  low      | known | same_address      | no  | yes | no
  low      | known | different_address | no  | yes | no
  low      | known | unknown           | no  | yes | no
  low      | new   | same_address      | no  | yes | no
  low      | new   | different_address | yes | yes | no
  low      | new   | unknown           | yes | yes | no
  moderate | known | same_address      | yes | yes | no
  moderate | known | different_address | yes | yes | no
  moderate | known | unknown           | yes | yes | no
  moderate | new   | same_address      | yes | yes | no
  moderate | new   | different_address | yes | yes | no
  moderate | new   | unknown           | yes | yes | no
  high     | known | same_address      | yes | yes | no
  high     | known | different_address | yes | yes | no
  high     | known | unknown           | yes | yes | no
  high     | new   | same_address      | yes | yes | no
  high     | new   | different_address | yes | yes | no
  high     | new   | unknown           | yes | yes | no
`;

/** Columns: qr_user_verification auto, required, none. */
const verification = `
  low      | no       | no  | yes | no
  low      | asked    | yes | yes | no
  low      | demanded | yes | yes | yes
  moderate | no       | no  | yes | no
  moderate | asked    | yes | yes | no
  moderate | demanded | yes | yes | yes
  high     | no       | yes | yes | yes
  high     | asked    | yes | yes | yes
  high     | demanded | yes | yes | yes
`;

const rowsOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

const facts: Facts = {
  risk: { level: 'low', reasons: [] },
  isBrowserKnown: true,
  comparison: 'unknown',
  channel: 'link',
  verification: 'no',
};
const riskOf = (level: string | undefined) => ({ level: level as Facts['risk']['level'], reasons: [] });
const requirements = (policy: Partial<QrPolicy>, change: Partial<Facts>) =>
  requirementsFor({ ...defaultQrPolicy, ...policy }, { ...facts, ...change });
const words = (answers: boolean[]) => answers.map((answer) => (answer ? 'yes' : 'no'));

describe('requirements', () => {
  it.each(rowsOf(confirmation))(
    'B12 the confirmation code at %s risk, browser %s, %s',
    (level, browser, comparison, ...expected) => {
      const change = {
        risk: riskOf(level),
        isBrowserKnown: browser === 'known',
        comparison: comparison as Facts['comparison'],
      };
      const asked = policies.confirmation.map(
        (each) => requirements({ qr_confirmation: each }, change).confirmationCode,
      );
      expect(words(asked)).toEqual(expected);
    },
  );

  it.each(rowsOf(verification))('B13 user verification at %s risk, by acr_values %s', (level, wish, ...expected) => {
    const change = { risk: riskOf(level), verification: wish as Facts['verification'] };
    const asked = policies.verification.map(
      (each) => requirements({ qr_user_verification: each }, change).userVerification,
    );
    expect(words(asked)).toEqual(expected);
  });

  it.each([
    ['scanner', false, false],
    ['link', false, true],
    ['user_code', false, true],
    ['ask', false, true],
  ] as const)('our own scanner, for a code that came by %s', (channel, any, inApp) => {
    expect(requirements({ qr_scanner: 'any' }, { channel }).scanner).toBe(any);
    expect(requirements({ qr_scanner: 'in_app' }, { channel }).scanner).toBe(inApp);
  });
});
