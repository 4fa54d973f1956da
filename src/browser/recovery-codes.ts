// The page of recovery codes. It requests a new set with a DPoP proof of the device key, and shows the
// codes once: the server stores only keyed hashes.
import type { Messages } from '../i18n/messages.ts';
import { request } from './api.ts';
import { find, readTexts, say } from './dom.ts';

type Texts = { readonly recoveryCodes: Messages['recoveryCodes']; readonly refusals: Partial<Messages['refusals']> };

const { refusals } = readTexts<Texts>();
const base = '/account/recovery-codes';
/** Refusal codes that a new sign-in resolves. */
const signInAgain = ['not_signed_in', 'device_proof_required', 'device_proof_invalid', 'reauthentication_required'];

const form = document.querySelector<HTMLFormElement>('#make');
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  void make(form);
});
find('#print').addEventListener('click', () => window.print());

async function make(from: HTMLFormElement): Promise<void> {
  const button = find<HTMLButtonElement>('button', from);
  const problem = find('#problem');
  if (button.disabled) return;
  button.disabled = true;
  say(problem, null);
  // `request` throws only when the browser stores no keys. A new sign-in creates one, if the browser can.
  const answer = await request<{ codes: string[] }>('POST', base, { body: {}, proved: true }).catch(() => null);
  button.disabled = false;
  if (answer?.ok) return show(answer.body.codes);
  const code = answer?.problem.code ?? 'device_proof_required';
  if (signInAgain.includes(code)) return location.assign(`/sign-in?return_to=${encodeURIComponent(base)}`);
  say(problem, (refusals[code as keyof typeof refusals] ?? refusals.internal_error)?.message ?? '');
}

function show(codes: readonly string[]): void {
  const entries = codes.map((code) => {
    const entry = document.createElement('li');
    entry.textContent = code;
    return entry;
  });
  find('#codes').replaceChildren(...entries);
  find('#before').hidden = true;
  find('#made').hidden = false;
  find('#made-title').focus();
}
