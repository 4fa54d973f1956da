// The fallback decoder, off the page's thread: a picture in, the text of its QR code or null out. One picture at a time.
import { decodeQR } from 'qr/decode.js';
import { maxTextLength } from '../scanner-judgement.ts';

/** For harder attempts at one picture. Nobody waits for this thread. */
const timeLimitMs = 80;

type Picture = { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray };

self.onmessage = ({ data }: MessageEvent<Picture>) => self.postMessage(read(data));

function read(picture: Picture): string | null {
  try {
    // A text too long to be ours is cut, still too long to be taken for ours.
    return decodeQR(picture, { timeLimit: timeLimitMs }).slice(0, maxTextLength + 1);
  } catch {
    // No code, or a damaged one: the next picture may be better.
    return null;
  }
}
