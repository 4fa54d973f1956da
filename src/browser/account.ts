// The pages of the signed-in account. Every change carries a DPoP proof of the device key, like an approval.
// A profile picture is cropped and scaled down here, which also removes its metadata (place, camera).
import type { Messages } from '../i18n/messages.ts';
import { sendFile } from './api.ts';
import { measureIfOld } from './clock-watch.ts';
import { download, goTo, sendForm } from './departure.ts';
import { signProof } from './device-key.ts';
import { find, nameOf, readTexts, say } from './dom.ts';
import { listen, onSubmit, pause, run } from './handlers.ts';
import { hideNotice, showNotice } from './notice-box.ts';
import { pageWords, wordsOfRefusal } from './page-words.ts';
import { signalAccount } from './passkey-signals.ts';
import { reportRunning } from './running.ts';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signed]')) signForm(form);

/** A download does not leave the page. The button works again after this time. */
const downloadMs = 1000;

/** Adds a proof to the form before it is sent. The button stays disabled until the page is left. */
function signForm(form: HTMLFormElement): void {
  onSubmit(form, async () => {
    hideNotice();
    if (!(await addProof(form))) return showNotice(pageWords.page.problems.noKey.message, null);
    if (form.dataset.stays === undefined) return sendForm(form);
    download(form);
    await pause(downloadMs);
  });
}

/** Resolves with false when the browser keeps no keys. Nothing can be changed without one. */
async function addProof(form: HTMLFormElement): Promise<boolean> {
  await measureIfOld();
  const url = `${location.origin}${new URL(form.action).pathname}`;
  try {
    find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
    return true;
  } catch (error) {
    if (nameOf(error) === 'NoKeyError') return false;
    throw error;
  }
}

const picture = document.querySelector<HTMLFormElement>('#picture');
if (picture) enablePictureUpload(picture);

/** Width and height of an uploaded picture, in pixels. */
const pictureSide = 512;
const maxPictureBytes = 100 * 1024;
const picturePath = '/account/profile/picture';

/**
 * Uploads a picture as soon as the person has chosen a file. `data-done` and `data-again` are the next
 * addresses.
 */
function enablePictureUpload(form: HTMLFormElement): void {
  const input = find<HTMLInputElement>('input', form);
  const { refusals } = readTexts<{ readonly refusals: Partial<Messages['refusals']> }>();
  const refuse = (code: string): void => say(find('#picture-problem'), wordsOfRefusal(code, refusals).message);

  listen(input, 'change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    say(find('#picture-problem'), null);
    const small = await squareOf(file).catch(() => null);
    input.value = '';
    if (!small) return refuse('picture_broken');
    const answer = await sendFile(picturePath, small);
    if (answer.ok) return goTo(form.dataset.done ?? '');
    if (answer.status === 401) return goTo(form.dataset.again ?? '');
    refuse(answer.problem.code);
  });
}

/**
 * Returns the centre of the picture as a square JPEG. Quality drops until the size fits; null: it never fits.
 *
 * @throws DOMException when the browser cannot decode the file
 */
async function squareOf(file: File): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  canvas.width = pictureSide;
  canvas.height = pictureSide;
  const shown = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - shown) / 2, (bitmap.height - shown) / 2];
  canvas.getContext('2d')?.drawImage(bitmap, left, top, shown, shown, 0, 0, pictureSide, pictureSide);
  for (const quality of [0.85, 0.6, 0.4]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob && blob.size <= maxPictureBytes) return blob;
  }
  return null;
}

run(signalAccount);

reportRunning();
