// The page of a single-use link. It shows or hides the typed password, and sends the device key along
// when the form makes this browser a device.
import { find } from './dom.ts';
import { listen } from './handlers.ts';
import { sendWithKey } from './key-form.ts';
import { reportRunning } from './running.ts';

const form = find<HTMLFormElement>('#link');
const password = find<HTMLInputElement>('#password', form);
const show = find<HTMLButtonElement>('#show-password', form);

if (form.dataset.withKey !== undefined) sendWithKey(form);
// A password in a field of type `text` would enter the browser's form history, so it is hidden before
// sending.
listen(form, 'submit', () => reveal(false), { capture: true });
show.hidden = false;
listen(show, 'click', () => {
  reveal(password.type === 'password');
  password.focus();
});

function reveal(isShown: boolean): void {
  password.type = isShown ? 'text' : 'password';
  show.textContent = (isShown ? show.dataset.hide : show.dataset.show) ?? '';
  show.setAttribute('aria-pressed', String(isShown));
}

reportRunning();
