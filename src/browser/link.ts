// Where a single-use link leads: a look at the password as it is typed, and the device key where this browser becomes a device.
import { find } from './dom.ts';
import { sendWithKey } from './key-form.ts';

const form = find<HTMLFormElement>('#link');
const password = find<HTMLInputElement>('#password', form);
const show = find<HTMLButtonElement>('#show-password', form);

if (form.dataset.withKey !== undefined) sendWithKey(form);
// A password that is sent as text would be offered again by the browser.
form.addEventListener('submit', () => reveal(false), { capture: true });
show.hidden = false;
show.addEventListener('click', () => {
  reveal(password.type === 'password');
  password.focus();
});

function reveal(isShown: boolean): void {
  password.type = isShown ? 'text' : 'password';
  show.textContent = (isShown ? show.dataset.hide : show.dataset.show) ?? '';
  show.setAttribute('aria-pressed', String(isShown));
}
