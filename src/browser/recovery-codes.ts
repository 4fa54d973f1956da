// The page of recovery codes. It requests a new set with a DPoP proof of the device key, and shows the
// codes once: the server stores only keyed hashes.
import type { Messages } from '../i18n/messages.ts';
import { request } from './api.ts';
import './clock-watch.ts';
import { goTo } from './departure.ts';
import { find, present, readTexts, say } from './dom.ts';
import { listen, onSubmit } from './handlers.ts';
import { wordsOfRefusal } from './page-words.ts';
import { reportRunning } from './running.ts';

type Texts = { readonly recoveryCodes: Messages['recoveryCodes']; readonly refusals: Partial<Messages['refusals']> };

const { refusals } = readTexts<Texts>();
const base = '/account/recovery-codes';
/** Refusal codes that a new sign-in resolves. */
const signInAgain = ['not_signed_in', 'device_proof_required', 'device_proof_invalid', 'reauthentication_required'];

const form = document.querySelector<HTMLFormElement>('#make');
if (form) onSubmit(form, make);
listen(find('#print'), 'click', () => window.print());

async function make(): Promise<void> {
  const problem = find('#problem');
  say(problem, null);
  const answer = await request<{ codes: string[] }>('POST', base, { body: {}, proved: true });
  if (answer.ok) return show(answer.body.codes);
  const { code } = answer.problem;
  if (signInAgain.includes(code)) return goTo(`/sign-in?return_to=${encodeURIComponent(base)}`);
  say(problem, wordsOfRefusal(code, refusals).message);
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
  present(find('#made-title'));
}

reportRunning();
