// Which pictures may stand for a relying party: small ones of four kinds, whole, and with nothing in them that could act. They are shown on
// the pages where people decide, so they are judged before they are kept, and are only ever served from here (security.md F4).
import { createHash } from 'node:crypto';
import { ClientError } from './client.ts';
import { rasterSize } from './raster-size.ts';
import { svgProblem } from './safe-svg.ts';

export const logoTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/svg+xml'] as const;
export type LogoType = (typeof logoTypes)[number];

export type Logo = {
  /** SHA-256 of the picture, in hex: its address. */
  readonly hash: string;
  readonly type: LogoType;
  readonly body: Buffer;
};

export const maxLogoBytes = 100 * 1024;
/** Pixels a side. */
export const maxLogoSide = 1024;

/**
 * @param type as its sender calls it
 * @throws ClientError `logo_too_large`, `logo_type_unsupported`, `logo_type_mismatch`, `logo_broken`, `logo_side_too_long`, `logo_unsafe`
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

/** By its first bytes; an SVG is whatever begins like markup, and is judged whole afterwards. */
export function typeOf(body: Buffer): LogoType | null {
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
