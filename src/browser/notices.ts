// Notices on the phone's home: "OK" puts one away on this phone.
import { request } from './api.ts';
import { isSignInNeeded } from './review-view.ts';

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
  if (!answer.ok && answer.problem.code !== 'notice_not_found') return;
  const section = document.querySelector<HTMLElement>('#notices');
  button.closest('li')?.remove();
  // The focus would be lost with the button.
  const next = section?.querySelector<HTMLElement>('[data-dismiss]');
  if (next) return next.focus();
  if (section) section.hidden = true;
  document.querySelector<HTMLElement>('#scan')?.focus();
}
