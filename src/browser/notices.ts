// Notices on the phone's home page. The button "OK" dismisses one notice for this phone only.
import { request } from './api.ts';
import { goTo } from './departure.ts';
import { onClick } from './handlers.ts';
import { showNotice } from './notice-box.ts';
import { isSignInNeeded, wordsFor } from './phone-texts.ts';

/** Connects every button with `data-dismiss`, which carries the id of its notice. */
export function watchNotices(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-dismiss]')) {
    onClick(button, () => dismiss(button));
  }
}

async function dismiss(button: HTMLButtonElement): Promise<void> {
  const answer = await request('DELETE', `/phone/v1/notices/${button.dataset.dismiss ?? ''}`, { proved: true });
  if (!answer.ok && isSignInNeeded(answer.problem.code)) return goTo('/sign-in?return_to=%2Fq');
  // A notice that is gone already counts as dismissed.
  if (!answer.ok && answer.problem.code !== 'notice_not_found')
    return showNotice(wordsFor(answer.problem.code).message, null);
  const section = document.querySelector<HTMLElement>('#notices');
  button.closest('li')?.remove();
  // The focused button has just been removed, so the focus moves to the next one.
  const next = section?.querySelector<HTMLElement>('[data-dismiss]');
  if (next) return next.focus();
  if (section) section.hidden = true;
  document.querySelector<HTMLElement>('#scan')?.focus();
}
