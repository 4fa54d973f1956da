// The fallback decoder of QR codes, in a worker: it receives a picture and answers with what it sees there.
// It handles one picture at a time. scanner-reader.ts starts it.
import { decodeQR } from 'qr/decode.js';
import { hasFinderPattern, type Plane } from '../finder-patterns.ts';
import { maxTextLength, type Sight } from '../scanner-judgement.ts';

/** Limit of the slower attempts at one picture. The page's thread does not wait for them. */
const timeLimitMs = 80;

/** `data`: RGBA, four bytes per pixel. */
type Picture = { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray };

self.onmessage = ({ data }: MessageEvent<Picture>) => self.postMessage(read(data));

function read(picture: Picture): Sight {
  const planes: Plane[] = [];
  try {
    const options = { timeLimit: timeLimitMs, imageOnBitmap: (plane: Plane) => planes.push(plane) };
    // A longer text is cut to one character above the limit, so the judgement still rejects it.
    return { text: decodeQR(picture, options).slice(0, maxTextLength + 1), isPart: false };
  } catch {
    // The decoder throws when the picture has no code or a damaged one. The next picture may be better.
    return { text: null, isPart: planes.some(hasFinderPattern) };
  }
}
