// A camera for Chromium that sees what a test shows it: screenshots, one after the other, as a Motion JPEG
// file. Chromium reads the file whenever a page opens the camera, so a test writes it first; all pictures
// of one browser keep one size.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';

export type FakeCamera = Awaited<ReturnType<typeof openFakeCamera>>;

const frameCount = 6;

export async function openFakeCamera() {
  const folder = await mkdtemp(join(tmpdir(), 'tessera-camera-'));
  const file = join(folder, 'seen.mjpeg');
  const browser: Browser = await openBrowser([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${file}`,
  ]);
  return {
    browser,
    /** Films what a page shows now; the film runs in a loop. */
    async film(page: Page): Promise<void> {
      const pictures: Buffer[] = [];
      for (let i = 0; i < frameCount; i++) pictures.push(await page.screenshot({ type: 'jpeg', quality: 90 }));
      await writeFile(file, Buffer.concat(pictures));
    },
    async close(): Promise<void> {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
