// What somebody at a terminal sees while they sign in.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { codesJson, codesLine, loginScreen } from '../../src/cli/remote/login-screen.ts';

const codes = {
  deviceCode: 'the-secret-device-code',
  userCode: 'WDJB-MJHT',
  verificationUri: 'https://id.example.com/q',
  verificationUriComplete: 'https://id.example.com/q/mX5pXhQkD3nB7rT2vW8yZ1',
  expiresInSeconds: 300,
  intervalSeconds: 5,
};
const screen = (change: object = {}) =>
  loginScreen({ issuer: 'https://id.example.com', codes, wantsQr: true, columns: 120, ...change });

describe('the screen of tessera login', () => {
  it('draws the QR code dark on light in colours of its own, with a quiet zone of four modules', async () => {
    const lines = (await screen()).split('\n').filter((line) => line.includes('\u001b'));
    for (const line of lines) {
      expect(line.startsWith('  \u001b[38;5;16;48;5;231m')).toBe(true);
      expect(line.endsWith('\u001b[0m')).toBe(true);
    }
    const drawn = lines.map((line) => stripVTControlCharacters(line).slice(2));
    expect(drawn.join('')).toMatch(/^[ ▀▄█]+$/);
    const [first, second, ...rest] = drawn;
    expect([first, second, ...rest.slice(-2)].every((line) => line?.trim() === '')).toBe(true);
    expect(drawn.every((line) => line.startsWith('    ') && line.endsWith('    '))).toBe(true);
    expect(rest[0]?.[4]).toBe('█');
    expect(new Set(drawn.map((line) => line.length)).size).toBe(1);
  });

  it('prints link and user code as text beside it, and never the device code', async () => {
    for (const text of [await screen(), await screen({ wantsQr: false })]) {
      expect(text).toContain('https://id.example.com/q\n');
      expect(text).toContain('WDJB-MJHT');
      expect(text).toContain('5 minutes at most');
      expect(text).not.toContain(codes.deviceCode);
    }
    expect(await screen({ wantsQr: false })).not.toContain('\u001b');
    expect(JSON.stringify(codesJson(codes))).not.toContain(codes.deviceCode);
  });

  it('draws no QR code that does not fit the window', async () => {
    const text = await screen({ columns: 30 });
    expect(text).toMatch(/needs \d+ columns; this window has 30/);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('On your signed-in phone, open');
  });

  it('removes control characters of the provider', async () => {
    const evil = { ...codes, userCode: 'A\u001b[2J\u202eB' };
    expect(await screen({ codes: evil, wantsQr: false })).toContain('A?[2J?B');
  });
});

describe('the line of tessera login --json', () => {
  it('escapes control characters of the provider, and has the same value for a program', () => {
    const userCode = 'A\u009b2J\u202e\u007fB';
    const line = codesLine({ ...codes, userCode });
    expect(line).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(line)).toMatchObject({ event: 'code', user_code: userCode });
  });
});
