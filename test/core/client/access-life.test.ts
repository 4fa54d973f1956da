// For how long a client may do what a person allows it: by its scopes, its own lifetimes and the provider's.
import { describe, expect, it } from 'vitest';
import { accessLifeOf } from '../../../src/core/client/access-life.ts';
import { accessLifeInWords } from '../../../src/i18n/durations.ts';

const lives = { accessTokenSeconds: 3600, refreshTokenSeconds: 14 * 86_400, sessionSeconds: 7 * 86_400 };
const clientWith = (metadata: object) => ({ metadata: { redirect_uris: [], ...metadata } });
const away = ['openid', 'offline_access'];

describe('the duration of a client’s access', () => {
  it.each([
    ['of the provider, while signed in', {}, ['openid'], false, 7 * 86_400, true],
    ['of its own, while signed in', { session_seconds: 3600 }, ['openid'], false, 3600, true],
    ['no longer than the session itself', { session_seconds: 30 * 86_400 }, ['openid'], false, 7 * 86_400, true],
    ['while away', {}, away, false, 14 * 86_400, false],
    ['while away, of its own', { refresh_token_seconds: 86_400, session_seconds: 60 }, away, false, 86_400, false],
    ['a device, which has no session', { session_seconds: 60 }, ['openid'], true, 3600, false],
    ['a device, its own', { access_token_seconds: 600 }, ['openid'], true, 600, false],
    ['as long as its token, while signed in', { session_seconds: 60 }, ['openid'], false, 3600, true],
    ['as long as its token, while away', { refresh_token_seconds: 60 }, away, false, 3600, false],
    ['a device that stays', {}, away, true, 14 * 86_400, false],
  ])('A21 %s', (_what, metadata, scopes, isScreen, seconds, endsWithSession) => {
    expect(accessLifeOf(clientWith(metadata), scopes, isScreen, lives)).toEqual({ seconds, endsWithSession });
  });

  it('A21 is written as a sentence', () => {
    const say = (seconds: number, endsWithSession: boolean) =>
      (['en', 'zh-CN'] as const).map((locale) => accessLifeInWords(locale, { seconds, endsWithSession }));
    expect(say(86_400, true)).toEqual(['Until signed out, 1 day at most', '直到退出登录，最长1天']);
    expect(say(5400, false)).toEqual(['For 90 minutes at most', '最长90分钟']);
  });
});
