// An account's own pages: every change is signed by the device key, as a decision is. A picture is cut to a square and made small here, which
// also leaves out where it was taken.
import type { Messages } from '../i18n/messages.ts';
import { signProof } from './device-key.ts';
import { find, readTexts, say } from './dom.ts';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signed]')) signForm(form);

function signForm(form: HTMLFormElement): void {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    // A browser that keeps no keys is told so by the server.
    void addProof(form)
      .catch(() => {})
      .finally(() => {
        form.submit();
        // What is downloaded leaves the page where it is.
        if (form.dataset.stays !== undefined) setTimeout(() => release(button), 1000);
      });
  });
  window.addEventListener('pageshow', () => release(button));
}

const release = (button: HTMLButtonElement): void => {
  button.disabled = false;
};

async function addProof(form: HTMLFormElement): Promise<void> {
  const url = `${location.origin}${new URL(form.action).pathname}`;
  find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
}

const picture = document.querySelector<HTMLFormElement>('#picture');
if (picture) takePicture(picture);

const side = 512;
const picturePath = '/account/profile/picture';

function takePicture(form: HTMLFormElement): void {
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

/** @returns null when it was taken */
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

/** The middle of it. @throws where the browser cannot read the file as a picture */
async function squareOf(file: File): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const shown = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - shown) / 2, (bitmap.height - shown) / 2];
  canvas.getContext('2d')?.drawImage(bitmap, left, top, shown, shown, 0, 0, side, side);
  for (const quality of [0.85, 0.6, 0.4]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob && blob.size <= 100 * 1024) return blob;
  }
  return null;
}
