// Reads QR codes in pictures: by the browser's own BarcodeDetector where it knows them, else by our decoder in a worker, so that the page
// stays quick. What the text means is scanner-judgement.ts's business.

export type QrReader = {
  /** The text of a code in the picture, or null. @throws when this browser can read none at all. */
  read(image: ImageData): Promise<string | null>;
  close(): void;
};

/** WICG Shape Detection §3.2; not in TypeScript's DOM types. */
type Detector = { detect(image: ImageData): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/** @param workerUrl of workers/scanner-worker.ts, from our own origin */
export async function createQrReader(workerUrl: string): Promise<QrReader> {
  let detector = await nativeDetector();
  let worker: QrReader | null = null;
  return {
    async read(image) {
      if (detector) {
        try {
          return (await detector.detect(image))[0]?.rawValue ?? null;
        } catch {
          // Android without its barcode service has the class and no more.
          detector = null;
        }
      }
      worker ??= createWorkerReader(workerUrl);
      return worker.read(image);
    },
    close: () => worker?.close(),
  };
}

async function nativeDetector(): Promise<Detector | null> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  if (!BarcodeDetector) return null;
  const formats = await BarcodeDetector.getSupportedFormats().catch((): readonly string[] => []);
  return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
}

function createWorkerReader(url: string): QrReader {
  const worker = new Worker(url, { type: 'module' });
  let settle: { resolve(text: string | null): void; reject(cause: unknown): void } | null = null;
  worker.onmessage = ({ data }: MessageEvent<string | null>) => settle?.resolve(data);
  worker.onerror = (event) => settle?.reject(new Error('the decoder failed', { cause: event.message }));
  return {
    read: ({ width, height, data }) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        worker.postMessage({ width, height, data }, [data.buffer]);
      }),
    close() {
      worker.terminate();
      settle?.resolve(null);
    },
  };
}
