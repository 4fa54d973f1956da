// Notices on the phone's home page. The button "OK" dismisses one notice for this phone only.
import { request } from './api.ts';
import { isSignInNeeded } from './phone-texts.ts';

/** Connects every button with `data-dismiss`, which carries the id of its notice. */
export function watchNotices(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-dismiss]')) {
    button.addEventListener('click', () => void dismiss(button));
  }
}

async function dismiss(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  const answer = await request('DELETE', `/phone/v1/notices/${button.dataset.dismiss ?? ''}`, { proved: true });
  if (!answer.ok && isSignInNeeded(answer.problem.code)) return location.assign('/sign-in?return_to=%2Fq');
  button.disabled = false;
  // A notice that is gone already counts as dismissed.
  if (!answer.ok && answer.problem.code !== 'notice_not_found') return;
  const section = document.querySelector<HTMLElement>('#notices');
  button.closest('li')?.remove();
  // The focused button has just been removed, so the focus moves to the next one.
  const next = section?.querySelector<HTMLElement>('[data-dismiss]');
  if (next) return next.focus();
  if (section) section.hidden = true;
  document.querySelector<HTMLElement>('#scan')?.focus();
}
