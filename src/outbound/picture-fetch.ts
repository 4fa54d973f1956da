// Fetches a picture from an address that a client has chosen (PictureFetch of core/client; security.md E5).
// It follows no redirect and reads no more than its caller allows. address-guard.ts keeps it out of our own
// network.
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { FetchedPicture, PictureFetch } from '../core/client/picture-fetch.ts';
import type { AddressGuard } from './address-guard.ts';

/** Compression is not asked for: a compressed body is no picture to its reader, and is never unpacked. */
const headers = { Accept: 'image/png, image/jpeg, image/webp, image/svg+xml', 'Accept-Encoding': 'identity' };

export function createPictureFetch({ guard }: { guard: AddressGuard }): PictureFetch {
  return async (url, { maxBytes, signal }) => {
    guard.check(url);
    const open = url.protocol === 'https:' ? requestSecure : requestPlain;
    return new Promise((resolve, reject) => {
      const options = { headers, signal, agent: false, ...guard.options };
      const request = open(url, options, (response) => {
        pictureOf(response, maxBytes).then(resolve, reject);
      });
      // A second error, such as one after the abort, must find a listener too.
      request.on('error', reject).end();
    });
  };
}

/** Reads the answer as far as it is of use, and closes the connection. */
async function pictureOf(response: IncomingMessage, maxBytes: number): Promise<FetchedPicture> {
  const { statusCode: status = 0, headers: received } = response;
  const body = status === 200 ? await readUpTo(response, maxBytes + 1) : Buffer.alloc(0);
  response.destroy();
  return { status, type: received['content-type'] ?? '', body };
}

async function readUpTo(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}
