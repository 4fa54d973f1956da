// Redraws the QR code in place as frames rotate: the same drawing as the server's first one (http/kit/qr-svg.ts).
import { toString as draw } from 'qrcode';

/** @returns a function that shows a link; a later call wins over an earlier one that is still drawing. */
export function createQrTile(tile: HTMLElement, label: string): (link: string) => Promise<void> {
  let shown = '';
  return async (link) => {
    if (link === shown) return;
    shown = link;
    const color = { dark: '#101214', light: '#ffffff' };
    const markup = await draw(link, { type: 'svg', errorCorrectionLevel: 'M', margin: 4, color });
    if (link !== shown) return;
    const svg = new DOMParser().parseFromString(markup, 'image/svg+xml').documentElement;
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
    tile.replaceChildren(svg);
  };
}
