// The sign-in page of the phone: by password or passkey. Both send the public device key along, with a proof
// that this browser has the private key (key-form.ts, passkey.ts).
import { find, say } from './dom.ts';
import { sendWithKey } from './key-form.ts';
import { abandon, hasPasskeys, offerInField, type PasskeyAnswer, signInByPasskey } from './passkey.ts';

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

  function done(answer: PasskeyAnswer<{ location: string }>): void {
    passkeyButton.disabled = false;
    if (answer.ok) location.assign(answer.body.location);
    else if (answer.ok === false) {
      const { refused, failed } = box.dataset;
      say(problem, (answer.problem.code === 'passkey_invalid' ? refused : failed) ?? '');
    }
  }

  passkeyButton.addEventListener('click', () => {
    passkeyButton.disabled = true;
    say(problem, null);
    void signInByPasskey<{ location: string }>(path, { more, proved: true }).then(done);
  });
  void offerInField<{ location: string }>(path, { more, proved: true }, done);
}
