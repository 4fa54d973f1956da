// The page of an account's passkeys: register (WebAuthn §7.1), rename and remove. Every change carries a DPoP
// proof of the device key, like an approval.
import { type PublicKeyCredentialCreationOptionsJSON, startRegistration } from '@simplewebauthn/browser';
import type { Messages } from '../i18n/messages.ts';
import { type Answer, type Problem, request } from './api.ts';
import { find, readTexts, say } from './dom.ts';
import { hasPasskeys } from './passkey.ts';

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
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void make(form);
});

// Without a recent proof of the person, the server renders the list without forms.
for (const entry of document.querySelectorAll<HTMLElement>('[data-passkey]')) {
  const path = `${base}/${encodeURIComponent(entry.dataset.passkey ?? '')}`;
  const rename = entry.querySelector<HTMLFormElement>('form[data-rename]');
  rename?.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = find<HTMLInputElement>('input', rename).value;
    void run(rename, () => request('POST', path, { body: { name }, proved: true }));
  });
  const remove = entry.querySelector<HTMLFormElement>('form[data-remove]');
  remove?.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(remove, () => request('DELETE', path, { proved: true }));
  });
}

/** Requests options, lets the authenticator create a passkey, and sends it with the name from the form. */
async function make(from: HTMLFormElement): Promise<void> {
  const name = find<HTMLInputElement>('input', from).value;
  await run(from, async () => {
    type Options = { options: PublicKeyCredentialCreationOptionsJSON };
    const asked = await request<Options>('POST', base, { body: {}, proved: true });
    if (!asked.ok) return asked;
    const passkey = await startRegistration({ optionsJSON: asked.body.options }).catch((error: unknown) => {
      // InvalidStateError: this authenticator already has a passkey of the account (`excludeCredentials`).
      const isThere = error instanceof Error && error.name === 'InvalidStateError';
      say(problemLine, isThere ? texts.alreadyHere : texts.notMade);
      return null;
    });
    return passkey && request('POST', base, { body: { passkey, name }, proved: true });
  });
}

/**
 * Runs one change. Reloads the page on success. `work` resolves with null when it has shown the problem
 * itself.
 */
async function run(from: HTMLFormElement, work: () => Promise<Answer<unknown> | null>): Promise<void> {
  const button = find<HTMLButtonElement>('button[type=submit]', from);
  if (button.disabled) return;
  button.disabled = true;
  say(problemLine, null);
  const answer = await work().catch((): Answer<unknown> => lostKey);
  if (answer?.ok) return location.reload();
  button.disabled = false;
  if (answer) refuse(answer.problem);
}

function refuse({ code }: Problem): void {
  if (signInAgain.includes(code)) location.assign(`/sign-in?return_to=${encodeURIComponent(base)}`);
  const words = refusals[code as keyof typeof refusals] ?? refusals.internal_error;
  say(problemLine, words?.message ?? '');
}

/** The answer when the browser stores no keys. */
const lostKey = { ok: false, status: 401, problem: { code: 'device_proof_required' } } as const;

// A page from the back/forward cache shows an old list.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
