// On which devices a notice is shown, and which notices are also mailed: pure rules (security.md B16).
import { describe, expect, it } from 'vitest';
import { dismissOn, isMailed, isShownOn } from '../../../src/core/notice/notice.ts';
import { buildNotice } from '../../store/records.ts';

describe('a notice on a device', () => {
  it.each([
    ['that did nothing', {}, true],
    ['that caused it', { exceptDeviceId: 'phone' }, false],
    ['beside the one that caused it', { exceptDeviceId: 'other' }, true],
    ['that put it away', { dismissedBy: ['other', 'phone'] }, false],
    ['beside the one that put it away', { dismissedBy: ['other'] }, true],
    ['after somebody disowned what it is about', { disownedAt: 7 }, false],
  ] as const)('%s is shown: %j %s', (_, change, expected) => {
    const notice = buildNotice(1000, { exceptDeviceId: null, dismissedBy: [], disownedAt: null, ...change });
    expect(isShownOn(notice, 'phone')).toBe(expected);
  });

  it('is put away once', () => {
    const notice = buildNotice(1000, { dismissedBy: ['other'] });
    const away = dismissOn(notice, 'phone');
    expect(away.dismissedBy).toEqual(['other', 'phone']);
    expect(dismissOn(away, 'phone')).toBe(away);
  });

  it('is also mailed, unless it asks to check the devices', () => {
    expect(isMailed(buildNotice(1000, { about: { kind: 'check_devices' } }))).toBe(false);
    expect(isMailed(buildNotice(1000, { about: { kind: 'credential_changed', change: 'password_reset' } }))).toBe(true);
  });
});
