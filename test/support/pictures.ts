// Pictures for tests, made here so that every byte of them is known.
import { crc32, deflateSync } from 'node:zlib';

const chunk = (name: string, body: Buffer): Buffer => {
  const typed = Buffer.concat([Buffer.from(name, 'latin1'), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
};

/** One colour, as large as asked. */
export function png(width = 64, height = width, [red, green, blue] = [15, 107, 92]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.alloc(width * 3, Buffer.from([red ?? 0, green ?? 0, blue ?? 0])),
  ]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** Headers and an end, as a decoder that only measures sees it. */
export function jpeg(width: number, height: number): Buffer {
  const frame = Buffer.from([0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
  const table = Buffer.from([0xff, 0xdb, 0, 4, 0, 0]);
  const scan = Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3]);
  return Buffer.concat([Buffer.from([0xff, 0xd8]), table, frame, scan, Buffer.from([0xff, 0xd9])]);
}

export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width: number, height: number): Buffer {
  const body = Buffer.alloc(12);
  if (kind === 'VP8X') {
    body.writeUIntLE(width - 1, 4, 3);
    body.writeUIntLE(height - 1, 7, 3);
  } else if (kind === 'VP8L') {
    body[0] = 0x2f;
    body.writeUInt32LE(((height - 1) * 0x4000 + (width - 1)) >>> 0, 1);
  } else {
    body.writeUIntBE(0x9d012a, 3, 3);
    body.writeUInt16LE(width, 6);
    body.writeUInt16LE(height, 8);
  }
  const header = Buffer.from(`RIFF0000WEBP${kind}0000`, 'latin1');
  header.writeUInt32LE(header.length - 8 + body.length, 4);
  header.writeUInt32LE(body.length, 16);
  return Buffer.concat([header, body]);
}

export const svg = (inside: string, attributes = 'viewBox="0 0 8 8"'): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" ${attributes}>${inside}</svg>\n`,
  );
