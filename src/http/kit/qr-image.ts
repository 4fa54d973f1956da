// Draws the first QR code of a page on the server, so that it is there without script. browser/qr-tile.ts
// redraws it as frames rotate. The code is an image and not inline SVG: style sheets of the browser or of an
// extension (forced colours, Dark Reader) recolour inline shapes, and scanners then read nothing.
// Dark on light whatever the page's colours, level M, with the quiet zone of 4 modules that ISO/IEC 18004
// asks for.
import { toString as draw } from 'qrcode';

/**
 * @param label the accessible name, in the page's language; a text of ours without quotation marks
 * @returns an `<img>` element as trusted markup, with its picture in a `data:` address
 */
export async function qrImage(text: string, label = 'QR code for signing in'): Promise<string> {
  // One segment of bytes: a link of random characters has no better split, and the search for one takes a
  // third of the time.
  const svg = await draw([{ data: Buffer.from(text), mode: 'byte' }], {
    type: 'svg',
    errorCorrectionLevel: 'M',
    margin: 4,
    color: { dark: '#101214', light: '#ffffff' },
  });
  return `<img src="data:image/svg+xml;base64,${Buffer.from(svg.trim()).toString('base64')}" alt="${label}">`;
}
