// The scanner's reader: the browser's detector first, our decoder when that throws, hangs or finds nothing;
// and what our decoder says about a part of a code, and the pictures that cannot be used.
import { create } from 'qrcode';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasFinderPattern } from '../../src/browser/finder-patterns.ts';
import { loadScript, noAnswer, openFakePage } from '../support/fake-page.ts';

type Sight = { text: string | null; isPart: boolean };
type Reader = { read(image: object): Promise<Sight>; close(): void };
type Pixels = Uint8ClampedArray;

const openReader = async (nowMs?: () => number): Promise<Reader> => {
  type Script = { createQrReader(url: string, nowMs?: () => number): Promise<Reader> };
  return (await loadScript<Script>('scanner-reader')).createQrReader('/worker.js', nowMs);
};
const { isNoise, isTooDark } = await loadScript<{
  isNoise(data: Pixels): boolean;
  isTooDark(image: { data: Pixels }): boolean;
}>('scanner-picture');

const image = () => ({ width: 1, height: 1, data: new Uint8ClampedArray(4) });
const ours: Sight = { text: 'read by ours', isPart: false };

beforeEach(() => {
  vi.resetModules();
  openFakePage(noAnswer);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A worker that answers each picture, or never. */
function stubWorker(answer: Sight | null = ours): { started: number } {
  const count = { started: 0 };
  vi.stubGlobal(
    'Worker',
    class {
      onmessage: ((event: { data: Sight }) => void) | null = null;
      constructor() {
        count.started += 1;
      }
      postMessage(): void {
        if (answer) queueMicrotask(() => this.onmessage?.({ data: answer }));
      }
      terminate(): void {}
    },
  );
  return count;
}

function stubDetector(detect: () => Promise<{ rawValue: string }[]>, formats: unknown = ['qr_code']): void {
  vi.stubGlobal(
    'BarcodeDetector',
    class {
      static getSupportedFormats = async () => formats;
      detect = detect;
    },
  );
}

describe('the reader', () => {
  it('uses the detector of the browser, and starts no worker while it finds codes', async () => {
    const worker = stubWorker();
    stubDetector(async () => [{ rawValue: 'native' }]);
    const reader = await openReader();
    expect(await reader.read(image())).toEqual({ text: 'native', isPart: false });
    expect(worker.started).toBe(0);
  });

  it('reads with our decoder as well after the detector has found nothing for three seconds', async () => {
    stubWorker();
    const clock = { ms: 0 };
    stubDetector(async () => []);
    const reader = await openReader(() => clock.ms);
    clock.ms = 2999;
    expect(await reader.read(image())).toEqual({ text: null, isPart: false });
    clock.ms = 3000;
    expect(await reader.read(image())).toEqual(ours);
  });

  it('reads with our decoder when the detector throws, hangs, or cannot be asked', async () => {
    const broken: (() => void)[] = [
      () => stubDetector(() => Promise.reject(new Error('no service'))),
      () => stubDetector(() => new Promise(() => {})),
      () => stubDetector(async () => [], new Promise(() => {})),
      () => stubDetector(async () => [], Promise.reject(new Error('no service'))),
      () => stubDetector(async () => [], ['ean_13']),
      () => {},
    ];
    for (const breakDetector of broken) {
      vi.unstubAllGlobals();
      openFakePage(noAnswer);
      vi.useFakeTimers();
      stubWorker();
      breakDetector();
      const sight = openReader().then((reader) => reader.read(image()));
      await vi.advanceTimersByTimeAsync(1500);
      expect(await sight).toEqual(ours);
    }
  });

  it('reports a worker that never answers, and answers at once when it is closed', async () => {
    vi.useFakeTimers();
    stubWorker(null);
    const reader = await openReader();
    const hanging = expect(reader.read(image())).rejects.toThrow('no answer in time');
    await vi.advanceTimersByTimeAsync(15_000);
    await hanging;
    const closed = reader.read(image());
    await vi.advanceTimersByTimeAsync(0);
    reader.close();
    expect(await closed).toEqual({ text: null, isPart: false });
  });
});

const side = 240;
/** A picture of black and white pixels. */
const picture = (isDark: (x: number, y: number) => boolean) => ({
  width: side,
  height: side,
  data: Uint8ClampedArray.from({ length: side * side * 4 }, (_, at) => {
    const pixel = Math.floor(at / 4);
    return isDark(pixel % side, Math.floor(pixel / side)) ? 0 : 255;
  }),
});

/** A QR code of modules of 5 pixels, moved so that a part of it may lie outside the picture. */
function codeAt(left: number, top: number): (x: number, y: number) => boolean {
  const { modules } = create('https://id.example/q/AbCdEfGhIjKlMnOpQrStUv.17.abcdefghijk', {
    errorCorrectionLevel: 'M',
  });
  return (x, y) => {
    const [column, row] = [Math.floor((x - left) / 5), Math.floor((y - top) / 5)];
    if (column < 0 || row < 0 || column >= modules.size || row >= modules.size) return false;
    return modules.get(row, column) === 1;
  };
}

describe('a part of a code', () => {
  it('is seen when at least one corner of it is in the picture', () => {
    expect(hasFinderPattern(picture(codeAt(20, 20)))).toBe(true);
    expect(hasFinderPattern(picture(codeAt(-110, 60)))).toBe(true);
    expect(hasFinderPattern(picture(codeAt(60, -110)))).toBe(true);
  });

  it('is not seen in pictures of other things', () => {
    const others: ((x: number, y: number) => boolean)[] = [
      () => false,
      () => true,
      (x) => x % 20 < 10,
      (x, y) => (Math.floor(x / 8) + Math.floor(y / 8)) % 2 === 0,
      (x, y) => ((x * 7919 + y * 104_729) % 101) % 2 === 0,
      // Lines in the ratio of a corner, but in one direction only.
      (x) => ![1, 5].includes(Math.floor((x % 70) / 10)),
      codeAt(-side, 0),
    ];
    expect(others.map((isDark) => hasFinderPattern(picture(isDark)))).toEqual(others.map(() => false));
  });
});

describe('a picture that cannot be used', () => {
  const board = (change: (pixel: number) => number) =>
    Uint8ClampedArray.from({ length: 16 * 16 * 4 }, (_, at) => {
      const pixel = Math.floor(at / 4);
      return change((pixel + Math.floor(pixel / 16)) % 2 === 0 ? 0 : 255);
    });

  it('is noise, or one colour, instead of what was drawn; small changes are not', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % 256;
    };
    expect(isNoise(board(random))).toBe(true);
    expect(isNoise(board(() => 255))).toBe(true);
    expect(isNoise(board(() => 0))).toBe(true);
    expect(isNoise(board((value) => value))).toBe(false);
    expect(isNoise(board((value) => value + (value ? -3 : 3)))).toBe(false);
  });

  it('is dark', () => {
    expect(isTooDark({ data: new Uint8ClampedArray(40_000).fill(12) })).toBe(true);
    expect(isTooDark({ data: new Uint8ClampedArray(40_000).fill(90) })).toBe(false);
  });
});
