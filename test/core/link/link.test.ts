// What a link allows, and what an invitation may ask for: pure rules.
import { describe, expect, it } from 'vitest';
import {
  checkInvitation,
  countUse,
  giveBack,
  isUsable,
  type Link,
  type LinkError,
  mayReset,
} from '../../../src/core/link/link.ts';
import { signUpRules } from '../../../src/core/link/sign-up-rules.ts';
import { buildAccount, buildLink } from '../../store/records.ts';

const now = 1_800_000_000;

describe('a link', () => {
  it('D6 is usable a limited number of times, until its expiry, by its own secret only', () => {
    const link = buildLink(now, { uses: 2 });
    const once = countUse(link, link.secretHash, now);
    expect(once).toEqual({ ...link, used: 1 });
    const twice = countUse(once, link.secretHash, link.expiresAt - 1);
    expect(isUsable(twice, now)).toBe(false);
    for (const use of [
      () => countUse(twice, link.secretHash, now),
      () => countUse(link, link.secretHash, link.expiresAt),
      () => countUse(link, 'of the one before', now),
    ])
      expect(use).toThrow(expect.objectContaining({ code: 'link_not_found' }));
  });

  it('restores a use that had no effect, but not of the previous link', () => {
    const link = buildLink(now, { used: 1 });
    expect(giveBack(link, link.secretHash).used).toBe(0);
    expect(giveBack(giveBack(link, link.secretHash), link.secretHash).used).toBe(0);
    expect(giveBack(link, 'of the one before')).toEqual(link);
  });
});

describe('the expiry of a link, to the second', () => {
  const link = buildLink(now, { uses: 1, expiresAt: now + 10 });
  it.each([
    [now + 9, true],
    [now + 10, false],
    [now + 11, false],
  ])('at %s it is usable: %s', (at, expected) => expect(isUsable(link, at)).toBe(expected));
});

describe('a reset link', () => {
  const account = { ...buildAccount('alice'), email: 'alice@example.org' };
  const by = (way: Link['by']['way']) => ({ by: { way, name: null } });

  it.each([
    ['of a console', by('console'), {}, true],
    ['of a disabled account', by('console'), { disabledAt: 1 }, false],
    ['made before a sign-out everywhere', { ...by('console'), signOuts: 1 }, { signOuts: 2 }, false],
    ['made after it', { ...by('console'), signOuts: 2 }, { signOuts: 2 }, true],
    ['mailed to the address it still has', { ...by('mail'), email: 'alice@example.org' }, {}, true],
    ['mailed to the address before', { ...by('mail'), email: 'old@example.org' }, {}, false],
    ['mailed to nobody known', by('mail'), { email: null }, false],
    ['of a token, for an account without roles', by('api'), {}, true],
    ['of a token, for an account that has a role by now', by('api'), { roles: ['auditor'] }, false],
    ['of a console, for an account with a role', by('console'), { roles: ['auditor'] }, true],
  ] as const)('D6 %s sets a password: %j %j %s', (_, link, change, expected) => {
    expect(mayReset(buildLink(now, link), { ...account, ...change })).toBe(expected);
  });
});

describe('links that make accounts', () => {
  it.each([
    ['closed', false, true, true],
    ['invite', true, false, true],
    ['open', true, false, false],
  ] as const)('with sign_up %s: may invite %s, invitations off %s, sign-up off %s', (sign_up, ...expected) => {
    const rules = signUpRules({ sign_up });
    expect([rules.mayInvite, rules.isOff('invitation'), rules.isOff('sign_up')]).toEqual(expected);
    expect(rules.isOff('reset')).toBe(false);
  });
});

describe('an invitation', () => {
  it('is for one account and valid for a week by default; roles are unique and sorted', () => {
    expect(checkInvitation({})).toEqual({ name: '', uses: 1, days: 7, roles: [] });
    const roles = ['auditor', 'administrator', 'auditor'];
    expect(checkInvitation({ name: ' Book club ', uses: 1000, days: 90, roles })).toEqual({
      name: 'Book club',
      uses: 1000,
      days: 90,
      roles: ['administrator', 'auditor'],
    });
  });

  it.each([
    [{ uses: 0 }, ['uses']],
    [{ uses: 1001 }, ['uses']],
    [{ uses: 1.5 }, ['uses']],
    [{ uses: Number.NaN, days: Number.NaN }, ['uses', 'days']],
    [{ days: 91 }, ['days']],
    [{ name: 'x'.repeat(61) }, ['name']],
    [{ name: 'evil\u202Etxt' }, ['name']],
    [{ roles: ['auditor', 'owner'] }, ['roles']],
    [{ name: 'a\nb', uses: -1, days: 0, roles: [''] }, ['name', 'uses', 'days', 'roles']],
  ])('%j is refused, naming %j', (wish, paths) => {
    const check = (): LinkError => {
      try {
        checkInvitation(wish);
      } catch (error) {
        return error as LinkError;
      }
      throw new Error('nothing was refused');
    };
    const error = check();
    expect(error.code).toBe('link_invalid');
    expect(error.problems.map(({ path }) => path)).toEqual(paths);
  });
});
