// The sign-in page in a browser that is a device itself: one tap with a DPoP proof of the device key
// continues, without a QR code.
import type { Messages } from '../i18n/messages.ts';
import { request } from './api.ts';
import './clock-watch.ts';
import { departTo, goTo, reload } from './departure.ts';
import { find, readTexts, say } from './dom.ts';
import { enhanceForms } from './forms.ts';
import { listen, onClick } from './handlers.ts';
import { followOtherTabs } from './other-tab.ts';
import { wordsOfRefusal } from './page-words.ts';
import { reportRunning } from './running.ts';

const texts = readTexts<{ refusals: Partial<Messages['refusals']> }>();
const base = find('#continue').dataset.base ?? '';
const button = find<HTMLButtonElement>('#continue-as');
/** Refusal codes that a new sign-in resolves. */
const signInAgain = ['device_proof_invalid', 'device_proof_required', 'not_signed_in'];

const words = ({ code }: { code: string }): string => wordsOfRefusal(code, texts.refusals).message;

onClick(button, continueHere);
enhanceForms(words, () => {});
followOtherTabs(base);
// A page from the back/forward cache shows an old state.
listen(window, 'pageshow', ({ persisted }) => (persisted ? reload() : null));

async function continueHere(): Promise<void> {
  say(find('#problem'), null);
  const answer = await request<{ location: string }>('POST', `${base}/continue`, { body: {}, proved: true });
  if (answer.ok) return departTo(answer.body.location);
  // The server's page says so, and offers the way back to the app.
  if (answer.status === 404) return reload();
  if (signInAgain.includes(answer.problem.code)) {
    // The device key is lost. A full sign-in creates a new one; no weaker proof is accepted instead.
    return goTo(`/sign-in?return_to=${encodeURIComponent(base)}`);
  }
  say(find('#problem'), words(answer.problem));
}

reportRunning();
