// Reads QR codes in pictures: with the browser's BarcodeDetector if it supports QR codes, else with a decoder
// in a worker, so that the page stays responsive. The decoder also takes over from a detector that throws,
// hangs, or finds nothing for three seconds. scanner-judgement.ts judges the text.
import { later } from './handlers.ts';
import type { Sight } from './scanner-judgement.ts';

/** Reads one picture at a time: a second `read` may start only after the first has settled. */
export type QrReader = {
  /** @throws Error when the worker cannot run, so this browser cannot read any code */
  read(image: ImageData): Promise<Sight>;
  /** Ends the worker. A pending `read` resolves with nothing seen. */
  close(): void;
};

/** WICG Shape Detection §3.2. TypeScript's DOM types do not contain it. */
type Detector = { detect(image: ImageData): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

const nothing: Sight = { text: null, isPart: false };
/** Our decoder reads as well once the detector has found nothing for this long. */
const fruitlessMs = 3000;
/** A detector that does not answer for this long hangs. */
const detectorLimitMs = 1500;
/** The same for the worker, whose script has to be loaded first. */
const workerLimitMs = 15_000;

/**
 * Creates a reader. The worker starts with the first picture that needs it.
 *
 * @param workerUrl address of workers/scanner-worker.ts, on our own origin
 * @param nowMs a clock, for tests
 */
export async function createQrReader(workerUrl: string, nowMs = Date.now): Promise<QrReader> {
  let detector = await nativeDetector();
  let worker: QrReader | null = null;
  let foundAtMs = nowMs();

  /** Resolves with null when the detector sees no code or must not be asked any more. */
  async function detect(image: ImageData): Promise<string | null> {
    if (!detector) return null;
    try {
      return (await within(detectorLimitMs, detector.detect(image)))[0]?.rawValue ?? null;
    } catch {
      // Android without the barcode service has the class, but every call fails or never ends.
      detector = null;
      return null;
    }
  }

  return {
    async read(image) {
      const text = await detect(image);
      if (text !== null) {
        foundAtMs = nowMs();
        return { text, isPart: false };
      }
      // A detector that works may still be blind to some codes, such as rotated or dense ones.
      if (detector && nowMs() - foundAtMs < fruitlessMs) return nothing;
      worker ??= createWorkerReader(workerUrl);
      return worker.read(image);
    },
    close: () => worker?.close(),
  };
}

/** Resolves with null when the browser has no detector of QR codes, or does not say so in time. */
async function nativeDetector(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  try {
    const formats = await within(detectorLimitMs, BarcodeDetector.getSupportedFormats());
    return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
  } catch {
    return null;
  }
}

/** @throws Error when the work does not end in time */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer = 0;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = later(limitMs, () => reject(new Error('no answer in time')));
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

function createWorkerReader(url: string): QrReader {
  const worker = new Worker(url, { type: 'module' });
  let settle: { resolve(sight: Sight): void; reject(cause: unknown): void } | null = null;
  worker.onmessage = ({ data }: MessageEvent<Sight>) => settle?.resolve(data);
  worker.onerror = (event) => settle?.reject(new Error('the decoder failed', { cause: event.message }));
  return {
    read({ width, height, data }) {
      const sight = new Promise<Sight>((resolve, reject) => {
        settle = { resolve, reject };
        // The pixels are transferred and not copied, so the caller cannot use them afterwards.
        worker.postMessage({ width, height, data }, [data.buffer]);
      });
      return within(workerLimitMs, sight);
    },
    close() {
      worker.terminate();
      settle?.resolve(nothing);
    },
  };
}
