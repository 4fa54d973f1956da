// The phone's home: scan the code on the screen, or type it, and end browsers signed in before.
import { request } from './api.ts';
import { followAsks } from './asks.ts';
import { createClaimStore } from './claim.ts';
import { find, say } from './dom.ts';
import { watchNotices } from './notices.ts';
import { claim, resume } from './review-session.ts';
import { isSignInNeeded, texts, wordsFor } from './review-view.ts';
import { offerRinging } from './ringing.ts';
import { createScanner } from './scanner.ts';
import { serverNow } from './server-clock.ts';

const container = find('#review');
const form = find<HTMLFormElement>('#type-code');
const input = find<HTMLInputElement>('#user_code');
const problem = find('#user_code_error');
const store = createClaimStore('typed');

const scanButton = find<HTMLButtonElement>('#scan');
const scanner = createScanner(find('#scanner'), {
  async claim(frame) {
    // `scanner` is this page's word. http/phone/ticket-locator.ts says what makes it hard to misuse.
    const refusal = await claim(container, { qr: frame, channel: 'scanner' }, store);
    if (refusal && isSignInNeeded(refusal)) location.assign('/sign-in?return_to=%2Fq%3Fscan');
    return refusal;
  },
  wordsFor: (refusal) => wordsFor(refusal).message,
  onClaimed: showReview,
  onClose() {
    find('#typing').hidden = false;
    scanButton.focus();
  },
});

const kept = store.load();
const isAlive = kept && (!kept.outcome || kept.outcome === 'code') && kept.claim.expires_at > serverNow();
if (kept && isAlive) {
  showReview();
  resume(container, kept, store);
} else if (new URLSearchParams(location.search).has('scan')) {
  // The installed app opens here. In a tab another site's link may have led here, so there the person taps once more.
  openScanner(matchMedia('(display-mode: standalone)').matches && (await isCameraAllowed()));
}

followAsks(() => !find('#typing').hidden);
offerRinging();
scanButton.addEventListener('click', () => openScanner(true));
watchNotices();
void navigator.serviceWorker?.register('/service-worker.js', { scope: '/q' }).catch(() => {
  // Private windows keep none: without the network they then show the browser's own page.
});

function openScanner(atOnce: boolean): void {
  find('#typing').hidden = true;
  scanner.open(atOnce);
}

/** Without asking for it; where the browser does not say, no. */
async function isCameraAllowed(): Promise<boolean> {
  const name = 'camera' as PermissionName;
  const status = await navigator.permissions?.query({ name }).catch(() => null);
  return status?.state === 'granted';
}

function showReview(): void {
  find('#typing').hidden = true;
  container.hidden = false;
  // Drawn while it was hidden, its heading could not take the focus.
  container.querySelector('h1')?.focus();
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
