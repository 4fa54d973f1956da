// Sends a form that makes this browser a device. The form carries the public device key and a DPoP proof
// that this browser has the private key.
import { publicJwk, signProof } from './device-key.ts';
import { find } from './dom.ts';

/**
 * Fills `device_key` and `device_proof` before the form is sent.
 *
 * @param onSubmit runs first, for example to end a passkey prompt
 */
export function sendWithKey(form: HTMLFormElement, onSubmit: () => void = () => {}): void {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    onSubmit();
    // A browser that stores no keys may sign in. It learns that it cannot approve when it tries to.
    void addKey(form)
      .catch(() => {})
      .finally(() => form.submit());
  });
  // A page from the back/forward cache comes back with its button disabled.
  window.addEventListener('pageshow', () => {
    button.disabled = false;
  });
}

async function addKey(form: HTMLFormElement): Promise<void> {
  const url = `${location.origin}${new URL(form.action).pathname}`;
  find<HTMLInputElement>('[name=device_key]', form).value = JSON.stringify(await publicJwk());
  find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
}
