import { describe, expect, it } from 'vitest';
import { redirectUriProblem } from '../../../src/core/client/redirect-uri.ts';

describe('a redirect URI', () => {
  it.each([
    'https://rp.example/cb',
    'https://rp.example:8443/cb?x=1',
    'http://127.0.0.1:8765/callback',
    'http://localhost/cb',
    'http://[::1]:1/cb',
    'com.example.app:/cb',
  ])('may be %s', (uri) => expect(redirectUriProblem(uri, 'native')).toBeNull());

  it.each([
    'JaVaScript:alert(1)',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://*.example/cb',
    'https://rp.example/cb#x',
    'https://rp.example/cb#',
    'https://user@rp.example/cb',
    'http://rp.example/cb',
    '/cb',
    '',
    'https:\\\\rp.example',
    `https://rp.example/${'x'.repeat(4096)}`,
    'file:///etc/passwd',
    'myapp:/cb',
    'https://rp.example/a b',
    'HTTPS://rp.example/cb',
  ])('E4 may not be %s', (uri) => {
    expect(redirectUriProblem(uri, 'native')).toEqual(expect.any(String));
  });
});
