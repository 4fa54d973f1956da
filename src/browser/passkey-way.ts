// The button "Use a passkey" on the sign-in page of the waiting browser. It is shown only where the browser
// supports passkeys. passkey.ts runs the ceremony.
import type { Problem } from './api.ts';
import { departTo } from './departure.ts';
import { say } from './dom.ts';
import { listen, onClick } from './handlers.ts';
import { hasPasskeys, type PasskeyAnswer, signInByPasskey } from './passkey.ts';
import { offerInField } from './passkey-field.ts';

/** The server's answer: the address that finishes the interaction. */
type Leave = { location: string };

/**
 * Offers a passkey, if the page has the button. Does nothing otherwise.
 *
 * @param base path of the interaction, `/interaction/<uid>`
 * @param words returns the sentence for a refusal
 * @param onLeave runs just before the page navigates
 */
export function offerPasskey(base: string, words: (problem: Problem) => string, onLeave: () => void): void {
  const way = document.querySelector<HTMLElement>('#passkey-way');
  const button = way?.querySelector<HTMLButtonElement>('button');
  const problem = way?.querySelector<HTMLElement>('.wrong');
  const stopped = way?.querySelector<HTMLElement>('[data-stopped]');
  if (!way || !button || !problem) return;
  if (!hasPasskeys()) {
    // The page has this element when a passkey is the only way to sign in.
    const unable = document.querySelector<HTMLElement>('#passkey-unable');
    if (unable) unable.hidden = false;
    return;
  }
  way.hidden = false;
  const path = `${base}/passkey`;

  async function done(answer: PasskeyAnswer<Leave>): Promise<void> {
    if (answer.ok === false && problem) say(problem, words(answer.problem));
    if (stopped) stopped.hidden = answer.ok !== null;
    if (!answer.ok) return;
    onLeave();
    await departTo(answer.body.location);
  }

  onClick(button, async () => {
    say(problem, null);
    await done(await signInByPasskey<Leave>(path));
  });
  // Options expire, so they are requested only when the field gets the focus.
  const field = document.querySelector<HTMLInputElement>('#username');
  if (field) listen(field, 'focus', () => offerInField<Leave>(path, {}, done), { once: true });
}
