// The table of situations of the first page: which page a browser gets, and when it gets a new ticket.
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../src/core/device/device.ts';
import type { Ticket, TicketState } from '../../../src/core/ticket/ticket.ts';
import type { SignedInDevice } from '../../../src/http/kit/identity.ts';
import { type Facts, isFreshEnough, situationOf } from '../../../src/http/waiting/situation.ts';
import type { SignInWay } from '../../../src/oidc/acr.ts';
import type { Interaction } from '../../../src/oidc/interaction.ts';

const now = 1000;
const all: readonly SignInWay[] = ['qr', 'password', 'device', 'passkey'];
const own = { isApp: false } as unknown as SignedInDevice;

/** The second and later tickets of a page renew themselves a few times; `sequence` counts them. */
const ticketOf = (state: TicketState, { deadlineAt = now + 60, sequence = 1 } = {}): Facts['displayed'] => ({
  ticket: { state, deadlineAt, endsAt: now + 3600, sequence } as unknown as Ticket,
  handle: 'handle',
  userCode: 'BCDFGHJK',
  number: null,
});

type Change = Partial<Omit<Facts, 'interaction' | 'ways'>> & {
  interaction?: Partial<Interaction>;
  ways?: readonly SignInWay[];
};

function factsWith({ interaction = {}, ways = all, ...rest }: Change): Facts {
  const login = { prompt: 'login', resumeLocation: null, requestedAcr: [], sessionAccountId: null };
  const whole = { ...login, ...interaction } as unknown as Interaction;
  return {
    interaction: whole,
    ways: new Set(ways),
    own: null,
    displayed: null,
    leadsToSignUp: false,
    continuation: null,
    now,
    ...rest,
  };
}

const signIn = (needsTicket: boolean) => ({ kind: 'sign_in', needsTicket });
const consent = { prompt: 'consent', sessionAccountId: 'alice' } as const;
const finished = { resumeLocation: '/auth/uid' };
const expired = { deadlineAt: now };

describe('the situation', () => {
  it.each<[about: string, change: Change, expected: object]>([
    ['a first visit', {}, signIn(true)],
    ['a finished interaction goes on', { interaction: finished }, { kind: 'resume', location: '/auth/uid' }],
    [
      '… before anything else',
      { interaction: { ...finished, ...consent }, own },
      { kind: 'resume', location: '/auth/uid' },
    ],
    ['another tab has answered', { continuation: '/auth/uid' }, { kind: 'answered', location: '/auth/uid' }],
    [
      '… with a ticket on display, or something to grant',
      { continuation: '/auth/uid', displayed: ticketOf('pending'), interaction: consent, own },
      { kind: 'answered', location: '/auth/uid' },
    ],
    ['… while a phone decides', { continuation: '/auth/uid', displayed: ticketOf('scanned') }, signIn(false)],
    ['… after the phone approved', { continuation: '/auth/uid', displayed: ticketOf('approved') }, signIn(false)],
    ['classes that nothing reaches', { interaction: { requestedAcr: ['phr'] }, ways: [] }, { kind: 'unreachable' }],
    [
      '… also on a device of the account',
      { interaction: { requestedAcr: ['phr'] }, ways: [], own },
      { kind: 'unreachable' },
    ],
    ['classes that a passkey reaches', { interaction: { requestedAcr: ['phr'] }, ways: ['passkey'] }, signIn(false)],
    ['no way open, and no class requested', { ways: [] }, signIn(false)],
    ['something to grant', { interaction: consent }, { kind: 'consent', accountId: 'alice' }],
    ['… on a device of the account', { interaction: consent, own }, { kind: 'consent', accountId: 'alice' }],
    ['… with nobody signed in', { interaction: { ...consent, sessionAccountId: null } }, signIn(false)],
    ['a new account is asked for', { leadsToSignUp: true }, { kind: 'sign_up' }],
    ['… after the person chose to sign in', { leadsToSignUp: true, displayed: ticketOf('pending') }, signIn(false)],
    ['… and this browser has made it', { leadsToSignUp: true, own }, { kind: 'continue', own }],
    ['a device of an account', { own }, { kind: 'continue', own }],
    ['… with a ticket on display', { own, displayed: ticketOf('pending') }, { kind: 'continue', own }],
    ['QR codes are switched off', { ways: ['password'] }, signIn(false)],
    ['a ticket waits', { displayed: ticketOf('pending') }, signIn(false)],
    ['a ticket is scanned', { displayed: ticketOf('scanned') }, signIn(false)],
    ['a ticket is approved', { displayed: ticketOf('approved') }, signIn(false)],
    ['a ticket is denied', { displayed: ticketOf('denied') }, signIn(false)],
    ['a ticket is cancelled', { displayed: ticketOf('cancelled') }, signIn(true)],
    ['a ticket is consumed, and its finish was lost', { displayed: ticketOf('consumed') }, signIn(true)],
    ['a ticket expires in a second', { displayed: ticketOf('pending', { deadlineAt: now + 1 }) }, signIn(false)],
    ['a ticket expired and is renewed', { displayed: ticketOf('pending', expired) }, signIn(true)],
    [
      'a ticket expired and a person renews it',
      { displayed: ticketOf('pending', { ...expired, sequence: 0 }) },
      signIn(false),
    ],
  ])('%s', (_about, change, expected) => {
    expect(situationOf(factsWith(change))).toEqual(expected);
  });
});

describe('a device is fresh enough', () => {
  const interaction = { enrolsDevice: false, isLoginForced: false, maxAgeSeconds: null, startedAt: 900 };
  it.each<[about: string, change: Partial<Interaction>, authenticatedAt: number, isFresh: boolean]>([
    ['when nothing is asked', {}, 1, true],
    ['never to enrol a device', { enrolsDevice: true }, now, false],
    ['after prompt=login, since it signed in later', { isLoginForced: true }, 900, true],
    ['not after prompt=login, when it signed in before', { isLoginForced: true }, 899, false],
    ['at max_age exactly', { maxAgeSeconds: 100 }, 900, true],
    ['not one second past max_age', { maxAgeSeconds: 100 }, 899, false],
    ['with max_age=0 in the same second', { maxAgeSeconds: 0 }, now, true],
  ])('%s', (_about, change, authenticatedAt, isFresh) => {
    const device = { authenticatedAt } as Device;
    expect(isFreshEnough({ ...interaction, ...change } as unknown as Interaction, device, now)).toBe(isFresh);
  });
});
