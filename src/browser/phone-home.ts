// The phone's home: type the code from the screen, and end browsers signed in before.
import { request } from './api.ts';
import { createClaimStore } from './claim.ts';
import { find, say } from './dom.ts';
import { claim, resume } from './review-session.ts';
import { isSignInNeeded, texts, wordsFor } from './review-view.ts';
import { serverNow } from './server-clock.ts';

const container = find('#review');
const form = find<HTMLFormElement>('#type-code');
const input = find<HTMLInputElement>('#user_code');
const problem = find('#user_code_error');
const store = createClaimStore('typed');

const kept = store.load();
const isAlive = kept && (!kept.outcome || kept.outcome === 'code') && kept.claim.expires_at > serverNow();
if (kept && isAlive) {
  showReview();
  resume(container, kept, store);
}

function showReview(): void {
  find('#typing').hidden = true;
  container.hidden = false;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit();
});

async function submit(): Promise<void> {
  const button = find<HTMLButtonElement>('button[type=submit]', form);
  button.disabled = true;
  say(problem, null);
  const refusal = await claim(container, { user_code: input.value }, store);
  button.disabled = false;
  if (!refusal) return showReview();
  if (isSignInNeeded(refusal)) return location.assign('/sign-in?return_to=%2Fq');
  say(problem, wordsFor(refusal).message);
  input.select();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-end]')) {
  button.addEventListener('click', () => void endApproval(button));
}

async function endApproval(button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  const answer = await request('DELETE', `/phone/v1/approvals/${button.dataset.end ?? ''}`, { proved: true });
  const status = find('#approvals-status');
  if (answer.ok || answer.problem.code === 'approval_not_found') {
    const ended = document.createElement('span');
    ended.className = 'quiet';
    ended.textContent = texts.home.ended;
    button.replaceWith(ended);
    status.textContent = texts.home.ended;
    return;
  }
  button.disabled = false;
  if (isSignInNeeded(answer.problem.code)) return location.assign('/sign-in?return_to=%2Fq');
  status.textContent = wordsFor(answer.problem.code).message;
}
