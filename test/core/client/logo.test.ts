// Which pictures may stand for a relying party, and the stable code of every refusal.
import { describe, expect, it } from 'vitest';
import { ClientError } from '../../../src/core/client/client.ts';
import { readLogo } from '../../../src/core/client/logo.ts';
import { jpeg, png, svg, webp } from '../../support/pictures.ts';

/** The code it is refused with, and the sentence; `taken` when it is not. */
function verdictOf(body: Buffer, type: string): string {
  try {
    return `taken ${readLogo(body, type).type}`;
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
}

describe('a logo', () => {
  it.each([
    ['image/png', png(1024, 1024)],
    ['image/jpeg', jpeg(1024, 600)],
    ['image/webp', webp('VP8 ', 640, 480)],
    ['image/webp', webp('VP8L', 1024, 1)],
    ['image/webp', webp('VP8X', 1, 1024)],
    ['image/svg+xml', svg('<circle cx="4" cy="4" r="3" fill="url(#a)"/>')],
    ['Image/PNG; charset=binary', png(1)],
  ])('may be %s', (type, body) => {
    expect(verdictOf(body, type)).toMatch(/^taken/);
  });

  it.each([
    ['logo_too_large', 'image/png', Buffer.concat([png(8), Buffer.alloc(100 * 1024)])],
    ['logo_type_unsupported', 'image/gif', Buffer.from('GIF89a')],
    ['logo_type_unsupported', '', png(8)],
    ['logo_type_unsupported', 'text/html', svg('')],
    ['logo_type_mismatch', 'image/png', jpeg(8, 8)],
    ['logo_type_mismatch', 'image/jpeg', svg('')],
    ['logo_type_mismatch', 'image/svg+xml', png(8)],
    ['logo_type_mismatch', 'image/webp', Buffer.from('RIFF0000WAVE')],
    ['logo_type_mismatch', 'image/png', Buffer.alloc(0)],
    ['logo_side_too_long', 'image/png', png(1025, 1)],
    ['logo_side_too_long', 'image/png', png(1, 1025)],
    ['logo_side_too_long', 'image/jpeg', jpeg(65_535, 8)],
    ['logo_side_too_long', 'image/webp', webp('VP8 ', 8, 2000)],
    ['logo_side_too_long', 'image/webp', webp('VP8L', 16_384, 16_384)],
    ['logo_side_too_long', 'image/webp', webp('VP8X', 2_000_000, 8)],
    ['logo_broken', 'image/png', Buffer.concat([png(8), Buffer.from('<script>')])],
    ['logo_broken', 'image/png', png(0, 8)],
  ])('is refused as %s: %s', (code, type, body) => {
    expect(verdictOf(body, type)).toBe(code);
  });

  it('is refused when it is truncated anywhere', () => {
    for (const [type, whole] of [
      ['image/png', png(4)],
      ['image/jpeg', jpeg(4, 4)],
      ['image/webp', webp('VP8X', 4, 4)],
    ] as const) {
      for (let length = 12; length < whole.length; length++)
        expect(verdictOf(whole.subarray(0, length), type), `${type} ${length}`).toBe('logo_broken');
    }
  });

  it('is refused when it is a PNG with one changed byte', () => {
    const whole = png(4);
    for (let at = 8; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verdictOf(changed, 'image/png'), String(at)).not.toMatch(/^taken/);
    }
  });
});

const drawing = '<g><path d="M0 0h8v8z" fill="#0f6b5c" stroke-width="1.5"/></g>';

describe('an SVG', () => {
  it.each([
    ['shapes', drawing],
    ['a comment', `<!-- made by hand -->${drawing}`],
    [
      'a gradient',
      '<defs><linearGradient id="a"><stop offset="0" stop-color="red"/></linearGradient></defs><rect fill="url(#a)"/>',
    ],
    ['a plain style', '<style>.a{fill:#fff;font-weight:bold}</style><rect class="a" style="opacity:.5"/>'],
    ['words', '<title>A &amp; B</title><text x="1" y="2">Tea &lt; Coffee</text>'],
    ['a clip', '<clipPath id="c"><rect width="4"/></clipPath><rect clip-path="url(#c)"/>'],
  ])('may have %s', (_what, inside) => {
    expect(verdictOf(svg(inside), 'image/svg+xml')).toMatch(/^taken/);
  });

  it.each([
    ['a script', '<script>alert(1)</script>'],
    ['a script in other letters', '<SCRIPT>alert(1)</SCRIPT>'],
    ['a script by prefix', '<svg:script xmlns:svg="http://www.w3.org/2000/svg">alert(1)</svg:script>'],
    ['an event', '<rect onload="alert(1)"/>'],
    ['an event in other letters', '<rect ONCLICK="alert(1)"/>'],
    ['foreign content', '<foreignObject><div>x</div></foreignObject>'],
    ['a link', '<a href="https://evil.example/"><rect/></a>'],
    ['a picture', '<image href="https://evil.example/x.png"/>'],
    ['a picture inside', '<image href="data:image/png;base64,AAAA"/>'],
    ['a use', '<use href="#a"/>'],
    ['a feImage', '<filter id="f"><feImage href="https://evil.example/x"/></filter>'],
    ['a fill from elsewhere', '<rect fill="url(https://evil.example/x#a)"/>'],
    ['a fill from elsewhere, spaced', '<rect fill="url ( //evil.example/x )"/>'],
    ['a link in a gradient', '<linearGradient href="https://evil.example/x#a"/>'],
    ['an xlink', '<linearGradient xlink:href="javascript:alert(1)"/>'],
    ['an import', '<style>@import "https://evil.example/x.css";</style>'],
    ['a font', '<style>@font-face{src:url(https://evil.example/f)}</style>'],
    ['an escaped import', '<style>\\40 import "x";</style>'],
    ['a background', '<rect style="background:url(https://evil.example/)"/>'],
    ['an entity', '<text>&xxe;</text>'],
    ['an entity that every object knows', '<title>&constructor;</title>'],
    ['another of those', '<text>&toString;</text>'],
    ['a number for a letter', '<rect fill="u&#114;l(https://evil.example/)"/>'],
    ['motion', '<rect><set attributeName="href" to="javascript:alert(1)"/></rect>'],
    ['an animation', '<rect><animate attributeName="x" values="0;9" dur="1s"/></rect>'],
    ['a base', '<rect xml:base="https://evil.example/"/>'],
    ['another namespace', '<g xmlns="http://www.w3.org/1999/xhtml"><rect/></g>'],
    ['CDATA', '<style><![CDATA[ @import "x"; ]]></style>'],
    ['an instruction', '<?xml-stylesheet href="https://evil.example/x.css"?>'],
    ['clips in clips', '<clipPath id="a"><rect clip-path="url(#b)"/></clipPath>'],
    ['a drawing in a drawing', '<svg xmlns="http://www.w3.org/2000/svg"></svg>'],
    ['depth without end', `${'<g>'.repeat(80)}${'</g>'.repeat(80)}`],
  ])('with %s is refused', (_what, inside) => {
    expect(verdictOf(svg(inside), 'image/svg+xml')).toMatch(/^logo_(unsafe|broken)$/);
  });

  it.each([
    ['a doctype', '<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg"/>', 'logo_unsafe'],
    ['no end', '<svg xmlns="http://www.w3.org/2000/svg"><g></svg>', 'logo_broken'],
    ['nothing after a start', '<svg xmlns="http://www.w3.org/2000/svg">', 'logo_broken'],
    ['something after it', '<svg xmlns="http://www.w3.org/2000/svg"/><svg/>', 'logo_broken'],
    ['another root', '<html><script>alert(1)</script></html>', 'logo_unsafe'],
    ['no namespace', '<svg/>', 'logo_broken'],
    ['an attribute twice', '<svg xmlns="http://www.w3.org/2000/svg" id="a" id="b"/>', 'logo_broken'],
    ['an attribute without quotes', '<svg xmlns=http://www.w3.org/2000/svg></svg>', 'logo_broken'],
    ['only a comment', '<!-- <svg/> -->', 'logo_broken'],
  ])('that has %s is refused', (_what, text, code) => {
    expect(verdictOf(Buffer.from(text), 'image/svg+xml')).toBe(code);
  });

  it('that is not UTF-8 is refused', () => {
    const utf16 = Buffer.from('\uFEFF<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', 'utf16le');
    expect(verdictOf(utf16, 'image/svg+xml')).toMatch(/^logo_/);
    expect(verdictOf(Buffer.concat([svg(''), Buffer.from([0xff, 0xfe])]), 'image/svg+xml')).toBe('logo_broken');
  });

  it('is checked in time linear to its length', () => {
    for (const hostile of [
      '<!--'.repeat(24_000),
      '<g '.repeat(30_000),
      `<g ${'a="1" '.repeat(16_000)}`,
      '&'.repeat(100_000),
    ]) {
      const started = performance.now();
      expect(verdictOf(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${hostile}`), 'image/svg+xml')).toMatch(
        /^logo_/,
      );
      expect(performance.now() - started).toBeLessThan(2000);
    }
  });
});
