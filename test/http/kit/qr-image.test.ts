// The QR code as an image: colours, quiet zone and accessible name.
import { describe, expect, it } from 'vitest';
import { qrImage } from '../../../src/http/kit/qr-image.ts';

describe('the QR code', () => {
  it('is an image that no style sheet recolours, dark on light with a quiet zone of four, and has a name', async () => {
    const image = await qrImage('http://localhost:3000/q/x');
    const [, picture = ''] =
      /^<img src="data:image\/svg\+xml;base64,([^"]+)" alt="QR code for signing in">$/.exec(image) ?? [];
    const svg = Buffer.from(picture, 'base64').toString();
    const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
    expect((size - 8 - 17) % 4).toBe(0);
    expect(svg).toContain(`fill="#ffffff" d="M0 0h${size}v${size}H0z"`);
    expect(svg).toContain('stroke="#101214" d="M4 4.5h7');
  });
});
