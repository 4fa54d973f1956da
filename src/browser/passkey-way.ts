// "Use a passkey" on the waiting browser's sign-in page, beside the QR code or alone. Shown where the browser can do it.
import type { Problem } from './api.ts';
import { say } from './dom.ts';
import { hasPasskeys, offerInField, type PasskeyAnswer, signInByPasskey } from './passkey.ts';

type Leave = { location: string };

/** `onLeave` runs just before navigating. */
export function offerPasskey(base: string, words: (problem: Problem) => string, onLeave: () => void): void {
  const way = document.querySelector<HTMLElement>('#passkey-way');
  const button = way?.querySelector<HTMLButtonElement>('button');
  const problem = way?.querySelector<HTMLElement>('.wrong');
  if (!way || !button || !problem) return;
  if (!hasPasskeys()) {
    // Where nothing else is offered, the page says why there is nothing to press.
    const unable = document.querySelector<HTMLElement>('#passkey-unable');
    if (unable) unable.hidden = false;
    return;
  }
  way.hidden = false;
  const path = `${base}/passkey`;

  function done(answer: PasskeyAnswer<Leave>): void {
    if (button) button.disabled = false;
    if (answer.ok === false && problem) say(problem, words(answer.problem));
    if (!answer.ok) return;
    onLeave();
    location.assign(answer.body.location);
  }

  button.addEventListener('click', () => {
    button.disabled = true;
    say(problem, null);
    void signInByPasskey<Leave>(path).then(done);
  });
  // The question behind the field is put only once somebody looks at the field.
  const field = document.querySelector<HTMLInputElement>('#username');
  field?.addEventListener('focus', () => void offerInField<Leave>(path, {}, done), { once: true });
}
