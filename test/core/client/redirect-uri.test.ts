import { describe, expect, it } from 'vitest';
import { originProblem, redirectUriProblem, webUriProblem } from '../../../src/core/client/redirect-uri.ts';

describe('a redirect URI', () => {
  it.each([
    'https://rp.example/cb',
    'https://rp.example:8443/cb?x=1',
    'http://127.0.0.1:8765/callback',
    'http://localhost/cb',
    'http://[::1]:1/cb',
    'com.example.app:/cb',
  ])('may be %s', (uri) => expect(redirectUriProblem(uri, { type: 'native' })).toBeNull());

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
    expect(redirectUriProblem(uri, { type: 'native' })).toEqual(expect.any(String));
  });
});

describe('a redirect URI by the type of its client', () => {
  it('has a scheme of its own for native clients only', () => {
    expect(redirectUriProblem('com.example.app:/cb', { type: 'native' })).toBeNull();
    expect(redirectUriProblem('com.example.app:/cb', { type: 'web' })).toEqual(expect.any(String));
    expect(redirectUriProblem('https://rp.example/cb', { type: 'web' })).toBeNull();
  });

  it('has 2048 characters at most', () => {
    const uriOf = (length: number) => 'https://rp.example/'.padEnd(length, 'x');
    expect(redirectUriProblem(uriOf(2048), { type: 'web' })).toBeNull();
    expect(redirectUriProblem(uriOf(2049), { type: 'web' })).toBe('is too long');
  });
});

describe('a page or an endpoint of a client', () => {
  it.each([
    ['https://rp.example/logo', true],
    ['http://localhost:3000/logo', true],
    ['http://[::1]/logo', true],
    ['http://rp.example/logo', false],
    ['https:/rp.example', false],
    ['https:rp.example', false],
    ['com.example.app:/cb', false],
    ['https://@rp.example/', false],
  ])('%s: %s', (uri, isAllowed) => expect(webUriProblem(uri) === null).toBe(isAllowed));
});

describe('an origin', () => {
  it.each([
    ['https://rp.example', true],
    ['https://rp.example:8443', true],
    ['http://localhost:3000', true],
    ['https://rp.example/', false],
    ['https://rp.example/app', false],
    ['https://rp.example?x', false],
    ['https://rp.example:443', false],
    ['https://RP.example', false],
    ['http://rp.example', false],
    ['capacitor://localhost', true],
    ['ionic://localhost', true],
    ['tauri://localhost', true],
    ['http://tauri.localhost', true],
    ['https://tauri.localhost', true],
    ['app://obsidian.md', true],
    ['chrome-extension://abcdefghijklmnopabcdefghijklmnop', true],
    ['moz-extension://1b6d3c1e-6d1b-4c9c-8b1c-3f0f0a9d6f11', true],
    ['capacitor://localhost/', false],
    ['capacitor://localhost/app', false],
    ['capacitor://', false],
    ['capacitor:localhost', false],
    ['Capacitor://localhost', false],
    ['capacitor://user@localhost', false],
    ['capacitor://*', false],
    ['file://localhost', false],
    ['javascript://localhost', false],
    ['data://localhost', false],
    ['blob://localhost', false],
    ['about://blank', false],
    ['chrome://settings', false],
    ['null', false],
  ])('%s: %s', (origin, isAllowed) => expect(originProblem(origin) === null).toBe(isAllowed));
});
