// Every combination of risk and policy, and what the person is asked (protocol.md 5). Three questions have a
// table each. The last test goes through all combinations of all inputs, so an input that a table omits
// cannot matter.
import { describe, expect, it } from 'vitest';
import { type ReviewContext, refusalOf } from '../../../src/core/approval/approval-rules.ts';
import { defaultQrPolicy, type QrPolicy } from '../../../src/core/client/client.ts';
import { requirementsFor } from '../../../src/core/risk/requirements.ts';
import type { RiskLevel } from '../../../src/core/risk/risk.ts';
import { buildClient, buildTicket } from '../../store/records.ts';

type Facts = Parameters<typeof requirementsFor>[1];

/**
 * `-` means no code. Columns: known browser, same address; known, elsewhere; new, same address; new,
 * elsewhere.
 */
const codeAsked = `
  auto   low       -     -     -     code
  auto   moderate  code  code  code  code
  auto   high      code  code  code  code
  always low       code  code  code  code
  always moderate  code  code  code  code
  always high      code  code  code  code
  never  low       -     -     -     -
  never  moderate  -     -     -     -
  never  high      -     -     -     -
`;

/** Columns: verification not asked by the site, asked, demanded. */
const approvedBy = `
  auto     low       tap      passkey  passkey
  auto     moderate  tap      passkey  passkey
  auto     high      passkey  passkey  passkey
  required low       passkey  passkey  passkey
  required moderate  passkey  passkey  passkey
  required high      passkey  passkey  passkey
  none     low       tap      tap      passkey
  none     moderate  tap      tap      passkey
  none     high      passkey  passkey  passkey
`;

/**
 * Columns: the phone came by the scanner, by a link, by a typed code, or was asked by a trusted browser,
 * which then also asks for the number that it shows.
 */
const scannerAsked = `
  any     -  -        -        -
  in_app  -  scanner  scanner  scanner
`;

const rowsOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
const cell = (table: string, keys: readonly string[], column: number): string => {
  const row = rowsOf(table).find((cells) => keys.every((key, i) => cells[i] === key));
  const found = row?.[keys.length + column];
  if (found === undefined) throw new Error(`no row for ${keys.join(' ')}`);
  return found;
};

const levels = ['low', 'moderate', 'high'] as const;
const confirmations = ['auto', 'always', 'never'] as const;
const verificationPolicies = ['auto', 'required', 'none'] as const;
const scanners = ['any', 'in_app'] as const;
const verifications = ['no', 'asked', 'demanded'] as const;
const comparisons = ['same_address', 'different_address', 'unknown'] as const;
const channels = ['scanner', 'link', 'user_code', 'ask'] as const;

type Case = { level: RiskLevel; policy: QrPolicy; facts: Facts };

function* everyCase(): Generator<Case> {
  for (const level of levels)
    for (const qr_confirmation of confirmations)
      for (const qr_user_verification of verificationPolicies)
        for (const qr_scanner of scanners)
          for (const verification of verifications)
            for (const isBrowserKnown of [true, false])
              for (const comparison of comparisons)
                for (const channel of channels) {
                  const policy: QrPolicy = { ...defaultQrPolicy, qr_confirmation, qr_user_verification, qr_scanner };
                  const risk = { level, reasons: [] };
                  yield { level, policy, facts: { risk, isBrowserKnown, comparison, channel, verification } };
                }
}

const all = [...everyCase()];
const columnOfBrowser = ({ isBrowserKnown, comparison }: Facts): number =>
  (isBrowserKnown ? 0 : 2) + (comparison === 'same_address' ? 0 : 1);

/** In the order a person meets them: "scanner", "passkey", "passkey, then code", "tap", "tap, then code". */
function askedByTheTables({ level, policy, facts }: Case): string {
  if (cell(scannerAsked, [policy.qr_scanner], channels.indexOf(facts.channel)) === 'scanner') return 'scanner';
  const way = cell(approvedBy, [policy.qr_user_verification, level], verifications.indexOf(facts.verification));
  const code = cell(codeAsked, [policy.qr_confirmation, level], columnOfBrowser(facts));
  return code === 'code' ? `${way}, then code` : way;
}

function asked({ policy, facts }: Case): string {
  const { scanner, userVerification, confirmationCode } = requirementsFor(policy, facts);
  if (scanner) return 'scanner';
  const way = userVerification ? 'passkey' : 'tap';
  return confirmationCode ? `${way}, then code` : way;
}

const contextOf = ({ policy, facts }: Case): ReviewContext => ({
  ticket: buildTicket(0),
  userCode: null,
  client: buildClient('web'),
  isBrowserKnown: facts.isBrowserKnown,
  comparison: facts.comparison,
  places: { browser: null, phone: null },
  distanceKm: null,
  risk: facts.risk,
  requirements: requirementsFor(policy, facts),
  needsReauthentication: false,
});

const given = (hasPasskey: boolean) => ({ hasPasskey, isUserCodeConfirmed: false });

describe('risk and policy', () => {
  it('have every combination in the tables', () => {
    expect(all).toHaveLength(3 * 3 * 3 * 2 * 3 * 2 * 3 * 4);
    expect([rowsOf(codeAsked).length, rowsOf(approvedBy).length, rowsOf(scannerAsked).length]).toEqual([9, 9, 2]);
  });

  it('B12 B13 B14 B15 require in each combination what the tables say', () => {
    const wrong = all
      .map((each) => ({ policy: each.policy, ...each.facts, says: askedByTheTables(each), is: asked(each) }))
      .filter(({ says, is }) => says !== is);
    expect(wrong).toEqual([]);
  });

  it('B15 never accept a tap alone at high risk', () => {
    const high = all.filter(({ level }) => level === 'high');
    expect(high).toHaveLength(1296);
    expect(high.filter((each) => asked(each).startsWith('tap'))).toEqual([]);
    const withoutPasskey = high.map((each) => refusalOf(contextOf(each), given(false))?.code);
    expect(new Set(withoutPasskey)).toEqual(new Set(['scanner_required', 'user_verification_required']));
  });

  it('B15 do not allow the approval of a reported browser, not even by passkey', () => {
    for (const each of all) {
      const context = { ...contextOf(each), risk: { level: 'high', reasons: ['browser_reported'] } } as const;
      expect(refusalOf(context, given(true))?.code).toBe('blocked_by_risk');
    }
  });
});
