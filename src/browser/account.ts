// The pages of the signed-in account. Every change carries a DPoP proof of the device key, like an approval.
// A profile picture is cropped and scaled down here, which also removes its metadata (place, camera).
import type { Messages } from '../i18n/messages.ts';
import { signProof } from './device-key.ts';
import { find, readTexts, say } from './dom.ts';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signed]')) signForm(form);

/** Adds a proof to the form before it is sent. The button stays disabled until the page is left. */
function signForm(form: HTMLFormElement): void {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    // A browser that stores no keys sends the form without a proof, and the server's refusal explains it.
    void addProof(form)
      .catch(() => {})
      .finally(() => {
        form.submit();
        // A download does not leave the page, so the button has to work again.
        if (form.dataset.stays !== undefined) setTimeout(() => release(button), 1000);
      });
  });
  window.addEventListener('pageshow', () => release(button));
}

const release = (button: HTMLButtonElement): void => {
  button.disabled = false;
};

/** @throws DOMException when the browser stores no keys */
async function addProof(form: HTMLFormElement): Promise<void> {
  const url = `${location.origin}${new URL(form.action).pathname}`;
  find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
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
  const refuse = (code: string): void => {
    const words = refusals[code as keyof typeof refusals] ?? refusals.internal_error;
    say(find('#picture-problem'), words?.message ?? '');
  };

  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (!file) return;
    say(find('#picture-problem'), null);
    const small = await squareOf(file).catch(() => null);
    input.value = '';
    if (!small) return refuse('picture_broken');
    const answer = await sendPicture(small);
    if (answer === null) return location.assign(form.dataset.done ?? '');
    if (answer.status === 401) return location.assign(form.dataset.again ?? '');
    refuse(answer.code);
  });
}

/**
 * Resolves with null when the server accepted the picture, else with its refusal. Status 0: no connection or
 * no key.
 */
async function sendPicture(body: Blob): Promise<{ status: number; code: string } | null> {
  try {
    const DPoP = await signProof({ method: 'POST', url: `${location.origin}${picturePath}` });
    const headers = { Accept: 'application/json', 'Content-Type': body.type, DPoP };
    const response = await fetch(picturePath, { method: 'POST', headers, body });
    if (response.ok) return null;
    const { code } = (await response.json()) as { code: string };
    return { status: response.status, code };
  } catch {
    return { status: 0, code: 'temporarily_unavailable' };
  }
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
