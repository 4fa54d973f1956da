// Reads width and height from a picture's headers, and checks that the file is complete. Nothing is decoded.
// PNG (W3C PNG §5), JPEG (ITU T.81 Annex B), WebP (RFC 9649).
import { crc32 } from 'node:zlib';

/** Pixels. */
export type Size = { readonly width: number; readonly height: number };

/** Returns the size, or null when the file is incomplete, has bytes after its end, or is malformed. */
export function rasterSize(body: Buffer, type: 'image/png' | 'image/jpeg' | 'image/webp'): Size | null {
  const read = { 'image/png': sizeOfPng, 'image/jpeg': sizeOfJpeg, 'image/webp': sizeOfWebp }[type];
  try {
    const size = read(body);
    return size && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    // Reading past the end means that the file is incomplete.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Reads every chunk up to IEND and checks its checksum. */
function sizeOfPng(body: Buffer): Size | null {
  let size: Size | null = null;
  for (let at = 8; ; ) {
    const length = body.readUInt32BE(at);
    const end = at + 12 + length;
    const name = body.toString('latin1', at + 4, at + 8);
    if (end > body.length || crc32(body.subarray(at + 4, end - 4)) !== body.readUInt32BE(end - 4)) return null;
    if (size === null) {
      if (name !== 'IHDR' || length !== 13) return null;
      size = { width: body.readUInt32BE(at + 8), height: body.readUInt32BE(at + 12) };
    }
    if (name === 'IEND') return end === body.length ? size : null;
    at = end;
  }
}

/** Reads segments up to the start of the frame. The rest is compressed and must end with EOI. */
function sizeOfJpeg(body: Buffer): Size | null {
  if (body.readUInt16BE(body.length - 2) !== 0xffd9) return null;
  for (let at = 2; ; ) {
    if (body.readUInt8(at) !== 0xff) return null;
    const marker = body.readUInt8(at + 1);
    const length = body.readUInt16BE(at + 2);
    if (length < 2) return null;
    if (isFrameStart(marker)) return { height: body.readUInt16BE(at + 5), width: body.readUInt16BE(at + 7) };
    // A scan that begins without a frame is malformed.
    if (marker === 0xda) return null;
    at += 2 + length;
  }
}

/** SOF0 to SOF15, without the three markers in that range that have another meaning. */
const isFrameStart = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function sizeOfWebp(body: Buffer): Size | null {
  const length = body.readUInt32LE(4) + 8;
  if (length !== body.length) return null;
  const kind = body.toString('latin1', 12, 16);
  if (20 + body.readUInt32LE(16) > body.length) return null;
  if (kind === 'VP8X') return { width: body.readUIntLE(24, 3) + 1, height: body.readUIntLE(27, 3) + 1 };
  if (kind === 'VP8L') {
    const bits = body.readUInt32LE(21);
    return body.readUInt8(20) === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 } : null;
  }
  const hasStartCode = kind === 'VP8 ' && body.readUIntBE(23, 3) === 0x9d012a;
  return hasStartCode ? { width: body.readUInt16LE(26) & 0x3fff, height: body.readUInt16LE(28) & 0x3fff } : null;
}
