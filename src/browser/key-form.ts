// A form after which this browser is a device: it sends the device key's public half along, with a proof that this browser holds the other.
import { publicJwk, signProof } from './device-key.ts';
import { find } from './dom.ts';

/** `begun`: called before it is sent. */
export function sendWithKey(form: HTMLFormElement, begun: () => void = () => {}): void {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    begun();
    // A browser that keeps no keys may still sign in; it is told when it wants to approve.
    void addKey(form)
      .catch(() => {})
      .finally(() => form.submit());
  });
  // Coming back to a page from the back/forward cache finds the button pressed.
  window.addEventListener('pageshow', () => {
    button.disabled = false;
  });
}

async function addKey(form: HTMLFormElement): Promise<void> {
  const url = `${location.origin}${new URL(form.action).pathname}`;
  find<HTMLInputElement>('[name=device_key]', form).value = JSON.stringify(await publicJwk());
  find<HTMLInputElement>('[name=device_proof]', form).value = await signProof({ method: 'POST', url });
}
