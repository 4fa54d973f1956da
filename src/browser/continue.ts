// The sign-in page on a device that is itself signed in: one tap, proved by the device key, and no QR code.
import type { Messages } from '../i18n/messages.ts';
import { request } from './api.ts';
import { find, readTexts, say } from './dom.ts';
import { enhanceForms } from './forms.ts';

const texts = readTexts<{ refusals: Partial<Messages['refusals']> }>();
const base = find('#continue').dataset.base ?? '';
const button = find<HTMLButtonElement>('#continue-as');
const signInAgain = ['device_proof_invalid', 'device_proof_required', 'not_signed_in'];

const words = ({ code }: { code: string }): string =>
  (texts.refusals[code as keyof typeof texts.refusals] ?? texts.refusals.internal_error)?.message ?? '';

button.addEventListener('click', () => void continueHere());
enhanceForms(words, () => {});
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

async function continueHere(): Promise<void> {
  button.disabled = true;
  const answer = await request<{ location: string }>('POST', `${base}/continue`, { body: {}, proved: true });
  if (answer.ok) return location.assign(answer.body.location);
  if (signInAgain.includes(answer.problem.code)) {
    // The key is lost: a full sign-in makes a new one, never a weaker way around it.
    return location.assign(`/sign-in?return_to=${encodeURIComponent(base)}`);
  }
  button.disabled = false;
  say(find('#problem'), words(answer.problem));
}
