// The pure rules about a passkey: its counter, what its use proves, and its name (WebAuthn §6.1.1, RFC 8176).
import { describe, expect, it } from 'vitest';
import { amrOfPasskey, parsePasskeyName, usedPasskey } from '../../../src/core/account/passkey.ts';
import { buildPasskey } from '../../store/records.ts';

describe('a use of a passkey', () => {
  it.each([
    ['does not count', 0, 0, true],
    ['counts on', 5, 6, true],
    ['jumps', 5, 500, true],
    ['begins to count', 0, 1, true],
    ['stands still', 5, 5, false],
    ['goes back', 5, 4, false],
    ['stops counting', 5, 0, false],
  ])('with a counter that %s, from %s to %s, is accepted: %s', (_, before, counter, isAccepted) => {
    const passkey = buildPasskey({ counter: before });
    const use = () => usedPasskey(passkey, { counter, synced: false, at: 77 });
    if (isAccepted) expect(use()).toEqual({ ...passkey, counter, synced: false, lastUsedAt: 77 });
    else expect(use).toThrow(expect.objectContaining({ code: 'passkey_counter' }));
  });

  it('counts as a software key (swk) if the passkey is synced, else as a hardware key (hwk)', () => {
    expect(amrOfPasskey(buildPasskey({ synced: true }))).toEqual(['swk', 'user', 'mfa']);
    expect(amrOfPasskey(buildPasskey({ synced: false }))).toEqual(['hwk', 'user', 'mfa']);
  });
});

describe('the name of a passkey', () => {
  it.each([
    ['  Key \n ring ', 'Key ring'],
    ['x'.repeat(61), 'x'.repeat(60)],
    ['\u202E', null],
    ['', null],
  ])('%j becomes %j', (typed, expected) => expect(parsePasskeyName(typed)).toBe(expected));
});
