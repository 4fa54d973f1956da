// Reads QR codes in pictures: with the browser's BarcodeDetector if it supports QR codes, else with a decoder
// in a worker, so that the page stays responsive. scanner-judgement.ts judges the text.

/** Reads one picture at a time: a second `read` may start only after the first has settled. */
export type QrReader = {
  /**
   * Resolves with the text of a QR code in the picture, or with null when there is none.
   *
   * @throws Error when the worker cannot run, so this browser cannot read any code
   */
  read(image: ImageData): Promise<string | null>;
  /** Ends the worker. A pending `read` resolves with null. */
  close(): void;
};

/** WICG Shape Detection §3.2. TypeScript's DOM types do not contain it. */
type Detector = { detect(image: ImageData): Promise<readonly { readonly rawValue: string }[]> };
type DetectorClass = {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
};

/**
 * Creates a reader. The worker starts with the first picture that needs it.
 *
 * @param workerUrl address of workers/scanner-worker.ts, on our own origin
 */
export async function createQrReader(workerUrl: string): Promise<QrReader> {
  let detector = await nativeDetector();
  let worker: QrReader | null = null;
  return {
    async read(image) {
      if (detector) {
        try {
          return (await detector.detect(image))[0]?.rawValue ?? null;
        } catch {
          // Android without the barcode service has the class, but every call fails. The worker takes over.
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
        // The pixels are transferred and not copied, so the caller cannot use them afterwards.
        worker.postMessage({ width, height, data }, [data.buffer]);
      }),
    close() {
      worker.terminate();
      settle?.resolve(null);
    },
  };
}
