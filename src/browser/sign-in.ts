// The sign-in page of the phone: by password or passkey. Both send the public device key along, with a proof
// that this browser has the private key (key-form.ts, passkey.ts).
import { goTo } from './departure.ts';
import { askToKeepKey } from './device-key.ts';
import { find, say } from './dom.ts';
import { onClick, run } from './handlers.ts';
import { sendWithKey } from './key-form.ts';
import { hasPasskeys, type PasskeyAnswer, signInByPasskey } from './passkey.ts';
import { abandon, offerInField } from './passkey-field.ts';
import { reportRunning } from './running.ts';

// A passkey request may wait behind the user name field. Sending the form cancels it.
sendWithKey(find<HTMLFormElement>('#sign-in'), abandon);

const way = document.querySelector<HTMLElement>('#passkey-way');
if (way && hasPasskeys()) offerPasskey(way);

/** Shows the passkey button, and offers passkeys in the list of the user name field. */
function offerPasskey(box: HTMLElement): void {
  const passkeyButton = find<HTMLButtonElement>('button', box);
  const problem = find('.wrong', box);
  const more = { return_to: find<HTMLInputElement>('#sign-in [name=return_to]').value };
  const path = '/sign-in/passkey';
  box.hidden = false;

  async function done(answer: PasskeyAnswer<{ location: string }>): Promise<void> {
    if (answer.ok) {
      askToKeepKey();
      return goTo(answer.body.location);
    }
    if (answer.ok === false) {
      // One attribute for each refusal of a passkey, such as `data-passkey_counter`.
      const { [answer.problem.code]: words, failed } = box.dataset;
      say(problem, words ?? failed ?? '');
    }
    find('[data-stopped]', box).hidden = answer.ok !== null;
  }

  onClick(passkeyButton, async () => {
    say(problem, null);
    await done(await signInByPasskey<{ location: string }>(path, { more, proved: true }));
  });
  run(() => offerInField<{ location: string }>(path, { more, proved: true }, done));
}

reportRunning();
