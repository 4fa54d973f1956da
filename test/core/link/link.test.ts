// What a link allows, and what an invitation may ask for: pure rules.
import { describe, expect, it } from 'vitest';
import { checkInvitation, countUse, giveBack, isUsable, type LinkError } from '../../../src/core/link/link.ts';
import { buildLink } from '../../store/records.ts';

const now = 1_800_000_000;

describe('a link', () => {
  it('D6 is used so often, until its end, and by its own secret only', () => {
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

  it('takes a use back that led to nothing, but not for the link before it', () => {
    const link = buildLink(now, { used: 1 });
    expect(giveBack(link, link.secretHash).used).toBe(0);
    expect(giveBack(giveBack(link, link.secretHash), link.secretHash).used).toBe(0);
    expect(giveBack(link, 'of the one before')).toEqual(link);
  });
});

describe('an invitation', () => {
  it('is for one account and a week unless it says otherwise; roles stand once, in one order', () => {
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
