// The rules of an approval as tables: the order of refusals, the age of a proof, scopes, and the acr and amr
// of a tap.
import { describe, expect, it } from 'vitest';
import {
  acrAndAmrOf,
  blockedAs,
  grantedScopes,
  isProofTooOld,
  newConfirmationCode,
  type ReviewContext,
  refusalOf,
  verificationAsked,
} from '../../../src/core/approval/approval-rules.ts';
import { defaultQrPolicy } from '../../../src/core/client/client.ts';
import type { RequestFacts, Ticket } from '../../../src/core/ticket/ticket.ts';
import { buildClient, buildDevice } from '../../store/records.ts';
import { freshTicket, issuedAt } from '../ticket/ticket-fixture.ts';

type Wish = {
  reported: boolean;
  risk: 'low' | 'moderate' | 'high';
  screen: boolean;
  compared: boolean;
  scanner: boolean;
  passkey: boolean;
  old: boolean;
  verification: boolean;
};

const contextOf = (wish: Wish): ReviewContext => ({
  ticket: freshTicket(wish.screen ? { screen: { resources: [] } } : {}),
  userCode: null,
  client: { ...buildClient('web'), qr: defaultQrPolicy },
  isBrowserKnown: true,
  comparison: 'unknown',
  places: { browser: null, phone: null },
  distanceKm: null,
  risk: { level: wish.risk, reasons: wish.reported ? ['browser_reported'] : [] },
  requirements: { confirmationCode: false, userVerification: wish.verification, scanner: wish.scanner },
  needsReauthentication: wish.old,
});

/** Columns: what is known; the last one is the code of the refusal, or `approved`. */
const refusals = `
  reported | risk     | screen | compared | scanner | passkey | old | verification | outcome
  no       | low      | no     | no       | no      | no      | no  | no           | approved
  no       | moderate | no     | no       | no      | no      | no  | no           | approved
  no       | high     | no     | no       | no      | no      | no  | no           | approved
  no       | low      | no     | no       | no      | no      | no  | yes          | user_verification_required
  no       | low      | no     | no       | no      | no      | yes | no           | reauthentication_required
  no       | low      | no     | no       | no      | no      | yes | yes          | reauthentication_required
  no       | low      | no     | no       | no      | yes     | no  | yes          | approved
  no       | low      | no     | no       | no      | yes     | yes | no           | approved
  no       | low      | no     | no       | no      | yes     | yes | yes          | approved
  no       | high     | no     | no       | no      | yes     | no  | yes          | approved
  no       | low      | no     | no       | yes     | no      | no  | no           | scanner_required
  no       | low      | no     | no       | yes     | yes     | no  | no           | scanner_required
  no       | low      | no     | no       | yes     | yes     | yes | yes          | scanner_required
  no       | low      | yes    | no       | no      | no      | no  | no           | user_code_unconfirmed
  no       | low      | yes    | no       | yes     | yes     | yes | yes          | user_code_unconfirmed
  no       | low      | yes    | yes      | no      | no      | no  | no           | approved
  no       | moderate | yes    | yes      | no      | no      | no  | no           | approved
  no       | moderate | yes    | yes      | no      | no      | no  | yes          | user_verification_required
  no       | moderate | yes    | yes      | yes     | no      | no  | no           | scanner_required
  no       | high     | yes    | yes      | no      | no      | no  | no           | blocked_by_risk
  no       | high     | yes    | yes      | no      | yes     | no  | yes          | blocked_by_risk
  no       | high     | yes    | no       | no      | yes     | no  | no           | blocked_by_risk
  yes      | high     | no     | no       | no      | no      | no  | no           | blocked_by_risk
  yes      | high     | no     | yes      | no      | yes     | yes | yes          | blocked_by_risk
  yes      | low      | no     | no       | yes     | yes     | no  | no           | blocked_by_risk
  yes      | low      | yes    | no       | no      | yes     | no  | no           | blocked_by_risk
`;

const rows = refusals
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('the refusal of an approval', () => {
  it.each(rows)(
    'B15 reported %s, risk %s, screen %s, compared %s, scanner %s, passkey %s, old %s, verification %s: %s',
    (...cells) => {
      const [reported, risk, screen, compared, scanner, passkey, old, verification, outcome] = cells;
      const context = contextOf({
        reported: reported === 'yes',
        risk: risk as Wish['risk'],
        screen: screen === 'yes',
        compared: compared === 'yes',
        scanner: scanner === 'yes',
        passkey: passkey === 'yes',
        old: old === 'yes',
        verification: verification === 'yes',
      });
      const given = { hasPasskey: passkey === 'yes', isUserCodeConfirmed: compared === 'yes' };
      expect(refusalOf(context, given)?.code ?? 'approved').toBe(outcome);
    },
  );
});

describe('the age of a proof, to the second', () => {
  const now = issuedAt + 1000;
  const ticketWith = (change: Partial<RequestFacts>): Ticket => {
    const ticket = freshTicket();
    return { ...ticket, request: { ...ticket.request, ...change } };
  };
  const provedAt = (authenticatedAt: number) => buildDevice({ authenticatedAt });

  it.each([
    ['no wish', {}, 0, false],
    ['prompt=login, proved a second before the request', { authenticatedSince: issuedAt }, issuedAt - 1, true],
    ['prompt=login, proved at the request', { authenticatedSince: issuedAt }, issuedAt, false],
    ['prompt=login, proved after it', { authenticatedSince: issuedAt }, issuedAt + 1, false],
    ['max_age=60, proved 59 s ago', { maxAgeSeconds: 60 }, now - 59, false],
    ['max_age=60, proved 60 s ago', { maxAgeSeconds: 60 }, now - 60, false],
    ['max_age=60, proved 61 s ago', { maxAgeSeconds: 60 }, now - 61, true],
    ['max_age=0, proved now', { maxAgeSeconds: 0 }, now, false],
    ['max_age=0, proved a second ago', { maxAgeSeconds: 0 }, now - 1, true],
    ['both, and one too old', { authenticatedSince: issuedAt, maxAgeSeconds: 2000 }, issuedAt - 1, true],
  ] as const)('%s', (_, change, authenticatedAt, expected) => {
    expect(isProofTooOld(ticketWith(change), provedAt(authenticatedAt), now)).toBe(expected);
  });
});

describe('acr and amr of an approval', () => {
  it('contain a second factor for a passkey, and none for a tap', () => {
    expect(acrAndAmrOf(false)).toEqual({ acr: 'urn:tessera:qr', amr: ['mca', 'swk'] });
    expect(acrAndAmrOf(true)).toEqual({ acr: 'urn:tessera:qr:verified', amr: ['mca', 'swk', 'user', 'mfa'] });
  });

  it.each([
    [['urn:tessera:qr'], 'urn:tessera:qr'],
    [['phr', 'urn:tessera:qr'], 'urn:tessera:qr'],
    [['urn:tessera:qr', 'urn:tessera:qr:verified'], 'urn:tessera:qr:verified'],
    [['urn:tessera:qr:verified'], 'urn:tessera:qr:verified'],
    [['phr'], 'urn:tessera:qr:verified'],
  ])('A14 a verified approval has a class that acr_values %j accept: %s', (requested, acr) => {
    expect(acrAndAmrOf(true, requested)).toEqual({ acr, amr: ['mca', 'swk', 'user', 'mfa'] });
  });

  it.each([
    [[], 'no', 'no'],
    [['urn:tessera:qr'], 'no', 'no'],
    [['urn:tessera:qr:verified'], 'demanded', 'demanded'],
    [['urn:tessera:qr:verified', 'urn:tessera:qr'], 'asked', 'no'],
    [['urn:tessera:qr', 'urn:tessera:qr:verified'], 'no', 'no'],
    [['urn:tessera:password', 'urn:tessera:qr:verified'], 'demanded', 'demanded'],
    [['phr'], 'no', 'no'],
  ] as const)('acr_values %j ask for verification: %s with a passkey, %s without', (acr, withPasskey, without) => {
    expect([verificationAsked(acr, true), verificationAsked(acr, false)]).toEqual([withPasskey, without]);
  });

  it('B12 come with a confirmation code of six digits, including leading zeros', () => {
    for (let i = 0; i < 50; i++) expect(newConfirmationCode()).toMatch(/^\d{6}$/);
  });
});

describe('the scopes of an approval', () => {
  const ticketFor = (scopes: readonly string[]): Ticket => {
    const ticket = freshTicket();
    return { ...ticket, request: { ...ticket.request, scopes } };
  };

  it.each([
    [['openid', 'email'], null, ['openid', 'email']],
    [['openid', 'email'], ['openid'], ['openid']],
    [
      ['openid', 'email'],
      ['email', 'openid'],
      ['email', 'openid'],
    ],
    [['openid', 'email'], ['email'], 'scopes_invalid'],
    [['openid', 'email'], [], 'scopes_invalid'],
    [['openid'], ['openid', 'phone'], 'scopes_invalid'],
    [['email'], [], []],
    [['email'], ['email'], ['email']],
    [['email'], ['openid'], 'scopes_invalid'],
  ] as const)('asked for %j, granted %j: %j', (asked, wanted, expected) => {
    const grant = () => grantedScopes(ticketFor(asked), wanted);
    if (expected === 'scopes_invalid') expect(grant).toThrow(expect.objectContaining({ code: expected }));
    else expect(grant()).toEqual(expected);
  });
});

describe('the target of a block by a report', () => {
  it('is named as a screen or a browser', () => {
    expect(blockedAs(freshTicket())).toEqual({ name: 'Chrome', system: 'Linux', isScreen: false });
    expect(blockedAs(freshTicket({ screen: { resources: [] } }))).toMatchObject({ isScreen: true });
  });
});
