// How the scanner classifies the text of a QR code: as ours, as a known kind of something else, or as
// unknown.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeText, maxTextLength } from '../../src/browser/scanner-judgement.ts';

const origin = 'https://id.example.com';
const frame = 'AbCdEfGhIjKlMnOpQrStU_.17.abcdefgh-_1';

describe('judgeText', () => {
  it('accepts a frame of this provider', () => {
    expect(judgeText(`${origin}/q/${frame}`, origin)).toEqual({ kind: 'frame', frame });
    expect(judgeText(`HTTPS://ID.EXAMPLE.COM/q/${frame}`, origin)).toEqual({ kind: 'frame', frame });
    expect(judgeText(`https://id.example.com:443/q/${frame}`, origin)).toEqual({ kind: 'frame', frame });
  });

  it('accepts the handle of a screen’s code, but not a text that only begins like one', () => {
    const handle = 'AbCdEfGhIjKlMnOpQrStU_';
    expect(judgeText(`${origin}/q/${handle}`, origin)).toEqual({ kind: 'frame', frame: handle });
    expect(judgeText(`${origin}/q/${handle}.17`, origin)).toEqual({ kind: 'unknown' });
    expect(judgeText(`${origin}/q/${handle}x`, origin)).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['http://id.example.com', 'id.example.com'],
    ['https://id.example.com:8443', 'id.example.com:8443'],
    ['https://id.example.com.evil.example', 'id.example.com.evil.example'],
    ['https://other.example', 'other.example'],
    ['https://id.example.com.', 'id.example.com.'],
    ['https://id.exаmple.com', 'xn--id.exmple-hoi.com'],
  ])('names another provider at %s and accepts nothing of it', (elsewhere) => {
    const judged = judgeText(`${elsewhere}/q/${frame}`, origin);
    expect(judged).toMatchObject({ kind: 'other_provider', host: new URL(elsewhere).host });
    expect(JSON.stringify(judged)).not.toContain(frame);
    expect(JSON.stringify(judged)).toMatch(/^[ -~]*$/);
  });

  it.each([
    ['https://example.com/', 'example.com'],
    ['http://192.0.2.7:8080/pay?amount=1', '192.0.2.7:8080'],
    [`https://id.example.com@evil.example/q/${frame}`, 'evil.example'],
    [`https://evil.example/?u=${origin}/q/${frame}`, 'evil.example'],
  ])('names the website of %s', (text, host) => {
    expect(judgeText(text, origin)).toEqual({ kind: 'website', host });
  });

  it.each([
    '',
    frame,
    `/q/${frame}`,
    `${origin}/`,
    `${origin}/q`,
    `${origin}/q/${frame}/`,
    `${origin}/q/${frame}?channel=link`,
    `${origin}/q/${frame}#x`,
    `${origin}/q/${frame}#`,
    `${origin}/q/${frame}?`,
    `${origin}/q/${frame}?#`,
    `https://@id.example.com/q/${frame}`,
    `https://:@id.example.com/q/${frame}`,
    `https://id.example.com:0443/q/${frame}`,
    `https://id.example.com:/q/${frame}`,
    `${origin}/./q/${frame}`,
    `${origin}/x/../q/${frame}`,
    `${origin}/%2e/q/${frame}`,
    `${origin}\\q\\${frame}`,
    `https:/\\id.example.com/q/${frame}`,
    `https:///id.example.com/q/${frame}`,
    `https://id.example%2ecom/q/${frame}`,
    `https://id。example.com/q/${frame}`,
    `https://ｉｄ.example.com/q/${frame}`,
    `${origin}/q/\t${frame}`,
    `${origin}/q/${frame}\n`,
    `${origin}/q/${frame} `,
    `https://id.exa\nmple.com/q/${frame}`,
    `https://alice:secret@id.example.com/q/${frame}`,
    `${origin}/q/${frame.slice(0, -1)}`,
    `${origin}/q/x/../${frame}x`,
    `${origin}/sign-out`,
    'https://',
    'https://[::1',
    'WIFI:T:WPA;S:net;P:secret;;',
    'javascript:alert(1)',
    'otpauth://totp/x?secret=GEZDGNBV',
    '\u202Ehttps://id.example.com',
    '\u0000\uFFFD\uD800',
  ])('does not know %j', (text) => {
    expect(judgeText(text, origin)).toEqual({ kind: 'unknown' });
  });

  it('rejects a letter beyond ASCII that a parser maps to one of ours', () => {
    expect(judgeText(`https://\u212aiosk.example/q/${frame}`, 'https://kiosk.example')).toEqual({ kind: 'unknown' });
    expect(judgeText(`https://KIOSK.example/q/${frame}`, 'https://kiosk.example')).toEqual({ kind: 'frame', frame });
  });

  it('accepts a port only if it belongs to this provider', () => {
    const local = 'http://localhost:3000';
    expect(judgeText(`${local}/q/${frame}`, local)).toEqual({ kind: 'frame', frame });
    expect(judgeText(`http://localhost/q/${frame}`, local)).toMatchObject({ kind: 'other_provider' });
    expect(judgeText(`http://localhost:80/q/${frame}`, 'http://localhost')).toEqual({ kind: 'frame', frame });
    expect(judgeText(`http://localhost:443/q/${frame}`, 'http://localhost')).toMatchObject({ kind: 'other_provider' });
  });

  it('does not parse a text that is longer than any of ours', () => {
    const long = `${origin}/q/${frame}`.padEnd(maxTextLength + 1, 'x');
    expect(judgeText(long, origin)).toEqual({ kind: 'unknown' });
    expect(judgeText(`https://evil.example/${'x'.repeat(7000)}`, origin)).toEqual({ kind: 'unknown' });
  });

  it('never throws, and accepts only texts that are exactly ours', () => {
    const pieces = fc.constantFrom(origin, '/q/', frame, 'https://', '@', '?', '#', '\\', '/', ':', ':443', '%2e', ' ');
    const texts = fc.oneof(
      { weight: 2, arbitrary: fc.string() },
      { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
      // Slow to generate.
      { weight: 1, arbitrary: fc.webUrl() },
      { weight: 5, arbitrary: fc.array(pieces).map((p) => p.join('')) },
    );
    fc.assert(
      fc.property(texts, (text) => {
        const judged = judgeText(text, origin);
        if (judged.kind !== 'frame') return;
        expect(new URL(text).href).toBe(`${origin}/q/${judged.frame}`);
        const canonical = text.replace(/^https:\/\/id\.example\.com(:443)?(?=\/)/i, origin);
        expect(canonical).toBe(`${origin}/q/${judged.frame}`);
      }),
      // A link followed by an empty fragment once passed for ours.
      { numRuns: 3000, examples: [[`${origin}/q/${frame}#`]] },
    );
  });
});
