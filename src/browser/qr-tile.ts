// Redraws the QR code when its frame rotates, with the same size and colours as the server's first drawing
// (http/kit/qr-image.ts, which says why it is an image).
import { toString as draw } from 'qrcode';

/**
 * Returns a function that draws a link. The last call wins, even if an earlier drawing finishes later.
 *
 * @param label accessible name of the picture
 */
export function createQrTile(tile: HTMLElement, label: string): (link: string) => Promise<void> {
  let shown = '';
  return async (link) => {
    if (link === shown) return;
    shown = link;
    // Dark on light in both colour schemes, with a quiet zone of 4 modules (ISO/IEC 18004): scanners need
    // both.
    const color = { dark: '#101214', light: '#ffffff' };
    const markup = await draw(link, { type: 'svg', errorCorrectionLevel: 'M', margin: 4, color });
    if (link !== shown) return;
    const image = tile.querySelector('img') ?? document.createElement('img');
    image.alt = label;
    // The picture is ASCII. The browser keeps the old one until it has decoded the new one (HTML §4.8.4.3.5).
    image.src = `data:image/svg+xml;base64,${btoa(markup)}`;
    if (!image.isConnected) tile.replaceChildren(image);
  };
}
