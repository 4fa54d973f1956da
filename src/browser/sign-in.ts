// Signing in on the phone, by password or passkey: the device key's public half goes along, with a proof that this browser holds the other.
import { find, say } from './dom.ts';
import { sendWithKey } from './key-form.ts';
import { abandon, hasPasskeys, offerInField, type PasskeyAnswer, signInByPasskey } from './passkey.ts';

sendWithKey(find<HTMLFormElement>('#sign-in'), abandon);

const way = document.querySelector<HTMLElement>('#passkey-way');
if (way && hasPasskeys()) offerPasskey(way);

function offerPasskey(box: HTMLElement): void {
  const press = find<HTMLButtonElement>('button', box);
  const problem = find('.wrong', box);
  const more = { return_to: find<HTMLInputElement>('#sign-in [name=return_to]').value };
  const path = '/sign-in/passkey';
  box.hidden = false;

  function done(answer: PasskeyAnswer<{ location: string }>): void {
    press.disabled = false;
    if (answer.ok) location.assign(answer.body.location);
    else if (answer.ok === false) {
      const { refused, failed } = box.dataset;
      say(problem, (answer.problem.code === 'passkey_invalid' ? refused : failed) ?? '');
    }
  }

  press.addEventListener('click', () => {
    press.disabled = true;
    say(problem, null);
    void signInByPasskey<{ location: string }>(path, { more, proved: true }).then(done);
  });
  void offerInField<{ location: string }>(path, { more, proved: true }, done);
}
