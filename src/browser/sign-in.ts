// The sign-in page of the phone: by password or passkey. Both send the public device key along, with a proof
// that this browser has the private key (key-form.ts, passkey.ts).
import { goTo } from './departure.ts';
import { askToKeepKey } from './device-key.ts';
import { find, say } from './dom.ts';
import { onClick, run } from './handlers.ts';
import { sendWithKey } from './key-form.ts';
import { abandon, hasPasskeys, offerInField, type PasskeyAnswer, signInByPasskey } from './passkey.ts';
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
      const { refused, failed } = box.dataset;
      say(problem, (answer.problem.code === 'passkey_invalid' ? refused : failed) ?? '');
    }
  }

  onClick(passkeyButton, async () => {
    say(problem, null);
    await done(await signInByPasskey<{ location: string }>(path, { more, proved: true }));
  });
  run(() => offerInField<{ location: string }>(path, { more, proved: true }, done));
}

reportRunning();
