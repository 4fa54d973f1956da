// Sends a form that makes this browser a device. The form carries the public device key and a DPoP proof
// that this browser has the private key.
import { measureIfOld } from './clock-watch.ts';
import { sendForm } from './departure.ts';
import { askToKeepKey, canKeepKey, publicJwk, signProof } from './device-key.ts';
import { find, nameOf } from './dom.ts';
import { onSubmit, run } from './handlers.ts';

/**
 * Fills `device_key` and `device_proof` before the form is sent. A browser that keeps no keys is told before
 * the person signs in (`#no-key`), and may still sign in: it becomes no approver.
 *
 * @param beforeSending runs first, for example to end a passkey prompt
 */
export function sendWithKey(form: HTMLFormElement, beforeSending: () => void = () => {}): void {
  run(async () => {
    if (!(await canKeepKey())) showKeyless();
  });
  onSubmit(form, async () => {
    beforeSending();
    await addKey(form);
    await sendForm(form);
  });
}

function showKeyless(): void {
  const note = document.querySelector<HTMLElement>('#no-key');
  if (note) note.hidden = false;
}

/** Leaves the fields empty in a browser that keeps no keys. */
async function addKey(form: HTMLFormElement): Promise<void> {
  await measureIfOld();
  const url = `${location.origin}${new URL(form.action).pathname}`;
  try {
    const jwk = JSON.stringify(await publicJwk());
    find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
    find<HTMLInputElement>('[name=device_key]', form).value = jwk;
  } catch (error) {
    if (nameOf(error) === 'NoKeyError') return;
    throw error;
  }
  askToKeepKey();
  const note = document.querySelector<HTMLElement>('#no-key');
  if (note) note.hidden = true;
}
