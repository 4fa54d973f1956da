// The pure rules of refusals: addresses without secrets, the nearest registered one, the line of the log.
import { describe, expect, it } from 'vitest';
import { bareAddress, factsForSender, nearestAddress, refusalLine } from '../../../src/core/refusal/refusal.ts';

describe('a refusal', () => {
  it.each([
    ['https://a.example/cb?code=1#x', 'https://a.example/cb'],
    ['https://user:word@a.example/cb', 'https://a.example/cb'],
    ['https:user:word@a.example/cb', 'https:a.example/cb'],
    ['https:\\\\user:word@a.example\\cb', 'https:\\\\a.example\\cb'],
    ['com.example.app:/cb#t', 'com.example.app:/cb'],
    ['no address', 'no address'],
  ])('keeps of %s only %s', (text, bare) => expect(bareAddress(text)).toBe(bare));

  it('cuts addresses to 300 characters', () =>
    expect(bareAddress(`https://a.example/${'b'.repeat(400)}`)).toHaveLength(300));

  it.each([
    ['https://a.example/callbak', 'https://a.example/callback'],
    ['http://a.example/callback', 'https://a.example/callback'],
    ['https://a.example/callback/', 'https://a.example/callback'],
    ['https://b.example/signed-in', 'https://b.example/signin'],
  ])('finds what %s was meant to be: %s', (received, meant) =>
    expect(nearestAddress(received, ['https://b.example/signin', 'https://a.example/callback', 'app:/x'])).toBe(meant),
  );

  it('finds nothing among nothing', () => expect(nearestAddress('https://a.example', [])).toBeNull());

  it('tells the sender nothing that they did not send', () =>
    expect(
      factsForSender({
        error: 'e',
        redirect_uri: 'r',
        nearest_redirect_uri: 'n',
        detail: 'd',
        registered_auth_method: 'm',
      }),
    ).toEqual({ error: 'e', redirect_uri: 'r' }));

  it('quotes a value that could be read as another fact', () =>
    expect(
      refusalLine({
        event: 'token.refused',
        clientId: null,
        facts: { error: 'e', client_received: 'x; redirect_uri=https://evil.example', scope: 'openid email' },
      }),
    ).toBe(
      'token refused to an unknown client: e; client_received="x; redirect_uri=https://evil.example"; scope=openid email',
    ));

  it('is one line', () =>
    expect(
      refusalLine({
        event: 'token.refused',
        clientId: 'web',
        facts: { error: 'invalid_grant', description: 'no', reason: 'used' },
      }),
    ).toBe('token refused to client web: invalid_grant (no); reason=used'));
});
