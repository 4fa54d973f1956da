// The page of an account's passkeys: register (WebAuthn §7.1), rename and remove. Every change carries a DPoP
// proof of the device key, like an approval.
import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import type { Messages } from '../i18n/messages.ts';
import { type Answer, type Problem, request } from './api.ts';
import './clock-watch.ts';
import { goTo, reload } from './departure.ts';
import { find, nameOf, readTexts, say } from './dom.ts';
import { listen, onSubmit, run } from './handlers.ts';
import { wordsOfRefusal } from './page-words.ts';
import { hasPasskeys } from './passkey.ts';
import { signalAccount } from './passkey-signals.ts';
import { reportRunning } from './running.ts';

type Texts = { readonly passkeys: Messages['passkeys']; readonly refusals: Partial<Messages['refusals']> };

const { passkeys: texts, refusals } = readTexts<Texts>();
const base = find('#passkeys').dataset.base ?? '';
const problemLine = find('#problem');
/** Refusal codes that a new sign-in resolves. */
const signInAgain = ['not_signed_in', 'device_proof_required', 'device_proof_invalid', 'reauthentication_required'];

const form = document.querySelector<HTMLFormElement>('#make');
if (form && !hasPasskeys()) {
  form.hidden = true;
  find('#unable').hidden = false;
}
if (form) onSubmit(form, () => make(form));

// Without a recent proof of the person, the server renders the list without forms.
for (const entry of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
  const path = `${base}/${encodeURIComponent(entry.dataset.passkey ?? '')}`;
  const rename = entry.querySelector<HTMLFormElement>('form[data-rename]');
  if (rename)
    onSubmit(rename, () => {
      const name = find<HTMLInputElement>('input', rename).value;
      return change(() => request('POST', path, { body: { name }, proved: true }));
    });
  const remove = entry.querySelector<HTMLFormElement>('form[data-remove]');
  if (remove) onSubmit(remove, () => change(() => request('DELETE', path, { proved: true })));
}

/** Requests options, lets the authenticator create a passkey, and sends it with the name from the form. */
async function make(from: HTMLFormElement): Promise<void> {
  const name = find<HTMLInputElement>('input', from).value;
  await change(async () => {
    type Options = { options: PublicKeyCredentialCreationOptionsJSON };
    const asked = await request<Options>('POST', base, { body: {}, proved: true });
    if (!asked.ok) return asked;
    const passkey = await startRegistration({ optionsJSON: asked.body.options }).catch((error: unknown) => {
      // InvalidStateError: this authenticator already has a passkey of the account (`excludeCredentials`).
      const isThere = nameOf(error) === 'InvalidStateError';
      // ConstraintError: the key cannot check who uses it, because it has no PIN.
      const hasNoPin = nameOf(error) === 'ConstraintError';
      say(problemLine, isThere ? texts.alreadyHere : hasNoPin ? texts.stopped : texts.notMade);
      return null;
    });
    return passkey && request('POST', base, { body: { passkey, name }, proved: true });
  });
}

/**
 * Runs one change. Reloads the page on success. `work` resolves with null when it has shown the problem
 * itself.
 */
async function change(work: () => Promise<Answer<unknown> | null>): Promise<void> {
  say(problemLine, null);
  const answer = await work();
  if (answer?.ok) return reload();
  if (answer) await refuse(answer.problem);
}

async function refuse({ code }: Problem): Promise<void> {
  if (signInAgain.includes(code)) return goTo(`/sign-in?return_to=${encodeURIComponent(base)}`);
  say(problemLine, wordsOfRefusal(code, refusals).message);
}

// A page from the back/forward cache shows an old list.
listen(window, 'pageshow', ({ persisted }) => (persisted ? reload() : null));

run(signalAccount);

reportRunning();
