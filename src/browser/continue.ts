// The sign-in page in a browser that is a device itself: one tap with a DPoP proof of the device key
// continues, without a QR code.
import type { Messages } from '../i18n/messages.ts';
import { request } from './api.ts';
import { departTo } from './departure.ts';
import { find, readTexts, say } from './dom.ts';
import { enhanceForms } from './forms.ts';
import { followOtherTabs } from './other-tab.ts';

const texts = readTexts<{ refusals: Partial<Messages['refusals']> }>();
const base = find('#continue').dataset.base ?? '';
const button = find<HTMLButtonElement>('#continue-as');
/** Refusal codes that a new sign-in resolves. */
const signInAgain = ['device_proof_invalid', 'device_proof_required', 'not_signed_in'];

const words = ({ code }: { code: string }): string =>
  (texts.refusals[code as keyof typeof texts.refusals] ?? texts.refusals.internal_error)?.message ?? '';

button.addEventListener('click', () => void continueHere());
enhanceForms(words, () => {});
followOtherTabs(base);
// A page from the back/forward cache shows an old state.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

async function continueHere(): Promise<void> {
  button.disabled = true;
  const answer = await request<{ location: string }>('POST', `${base}/continue`, { body: {}, proved: true });
  if (answer.ok) return departTo(answer.body.location);
  // The server's page says so, and offers the way back to the app.
  if (answer.status === 404) return location.reload();
  if (signInAgain.includes(answer.problem.code)) {
    // The device key is lost. A full sign-in creates a new one; no weaker proof is accepted instead.
    return location.assign(`/sign-in?return_to=${encodeURIComponent(base)}`);
  }
  button.disabled = false;
  say(find('#problem'), words(answer.problem));
}
