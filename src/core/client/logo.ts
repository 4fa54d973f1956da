// Which pictures may be the logo of a relying party: small, complete, of four types, and without active
// content. They are shown on pages where people decide, so they are checked before they are stored, and
// served only from here (security.md F4).
import { createHash } from 'node:crypto';
import { ClientError } from './client.ts';
import { rasterSize } from './raster-size.ts';
import { svgProblem } from './safe-svg.ts';

export const logoTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const;
export type LogoType = (typeof logoTypes)[number];

export type Logo = {
  /** SHA-256 of the picture in hex, which is its address. */
  readonly hash: string;
  readonly type: LogoType;
  readonly body: Buffer;
};

export const maxLogoBytes = 100 * 1024;
/** Maximum pixels per side. */
const maxLogoSide = 1024;

/**
 * Checks an upload.
 * @param type the media type that was sent with it
 * @throws ClientError `logo_too_large`, `logo_type_unsupported`, `logo_type_mismatch`, `logo_broken`,
 *   `logo_side_too_long`, `logo_unsafe`
 */
export function readLogo(body: Buffer, type: string): Logo {
  if (body.length > maxLogoBytes) throw logoTooLarge();
  const claimed = logoTypes.find((each) => each === type.split(';')[0]?.trim().toLowerCase());
  if (!claimed) throw new ClientError('logo_type_unsupported', 'A logo is a PNG, JPEG, WebP or SVG picture.');
  const actual = typeOf(body);
  if (actual !== claimed) {
    const found = actual === null ? 'something else' : actual;
    throw new ClientError('logo_type_mismatch', `This is sent as ${claimed}, and is ${found}.`);
  }
  if (claimed === 'image/svg+xml') checkSvg(body);
  else checkRaster(body, claimed);
  return { hash: createHash('sha256').update(body).digest('hex'), type: claimed, body };
}

export const logoTooLarge = () => new ClientError('logo_too_large', 'A logo has 100 KiB at most.');

/**
 * Detects the type by the first bytes. Anything that begins like markup counts as SVG and is checked
 * afterwards.
 */
function typeOf(body: Buffer): LogoType | null {
  const startsWith = (text: string, at = 0) => body.subarray(at, at + text.length).equals(Buffer.from(text, 'latin1'));
  if (startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (startsWith('RIFF') && startsWith('WEBP', 8)) return 'image/webp';
  return /^\uFEFF?\s*</.test(body.subarray(0, 256).toString('utf8')) ? 'image/svg+xml' : null;
}

function checkRaster(body: Buffer, type: Exclude<LogoType, 'image/svg+xml'>): void {
  const size = rasterSize(body, type);
  if (size === null) throw new ClientError('logo_broken', 'This picture is not whole, or not written as its kind is.');
  const { width, height } = size;
  if (width > maxLogoSide || height > maxLogoSide) {
    throw new ClientError(
      'logo_side_too_long',
      `This picture is ${width} × ${height} pixels; ${maxLogoSide} × ${maxLogoSide} is the most.`,
    );
  }
}

function checkSvg(body: Buffer): void {
  const problem = svgProblem(body);
  if (problem !== null) throw new ClientError(problem.isBroken ? 'logo_broken' : 'logo_unsafe', problem.sentence);
}
