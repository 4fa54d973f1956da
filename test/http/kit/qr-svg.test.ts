// The QR code as SVG markup: colours, quiet zone and accessible name.
import { describe, expect, it } from 'vitest';
import { qrSvg } from '../../../src/http/kit/qr-svg.ts';

describe('the QR code', () => {
  it('is dark on light with a quiet zone of four, and has a name', async () => {
    const svg = await qrSvg('http://localhost:3000/q/x');
    expect(svg).toMatch(/^<svg role="img" aria-label="QR code for signing in" /);
    const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
    expect((size - 8 - 17) % 4).toBe(0);
    expect(svg).toContain(`fill="#ffffff" d="M0 0h${size}v${size}H0z"`);
    expect(svg).toContain('stroke="#101214" d="M4 4.5h7');
  });
});
