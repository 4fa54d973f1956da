// The phone's home page (`/q`): scan the QR code or type the user code, review the request, dismiss notices,
// and end sign-ins approved earlier. The review itself is in review-session.ts.
import { request } from './api.ts';
import { followAsks } from './asks.ts';
import { createClaimStore } from './claim.ts';
import './clock-watch.ts';
import { goTo } from './departure.ts';
import { canKeepKey } from './device-key.ts';
import { find, present, say } from './dom.ts';
import { listen, onClick, onSubmit, run } from './handlers.ts';
import { showNotice } from './notice-box.ts';
import { watchNotices } from './notices.ts';
import { isSignInNeeded, texts, wordsFor } from './phone-texts.ts';
import { claim, resume } from './review-session.ts';
import { offerRinging } from './ringing.ts';
import { reportRunning } from './running.ts';
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
    // The server cannot verify the channel. http/phone/ticket-locator.ts explains what limits a false one.
    const refusal = await claim(container, { qr: frame, channel: 'scanner' }, store);
    if (refusal && isSignInNeeded(refusal)) await goTo('/sign-in?return_to=%2Fq%3Fscan');
    return refusal;
  },
  messageFor: (refusal) => wordsFor(refusal).message,
  onClaimed: showReview,
  onClose() {
    find('#typing').hidden = false;
    scanButton.focus();
  },
});

const kept = store.load();
// A reload continues the claim of this tab while it can still be decided or its code still has to be typed.
const isOpen = kept && (!kept.outcome || kept.outcome === 'code') && kept.claim.expires_at > serverNow();
if (kept && isOpen) {
  showReview();
  resume(container, kept, store);
} else if (new URLSearchParams(location.search).has('scan')) {
  // The installed app opens this address. In a tab, a link of another site may have opened it, so the person
  // has to press the button before the camera starts.
  run(async () => openScanner(matchMedia('(display-mode: standalone)').matches && (await isCameraAllowed())));
}

followAsks(() => !find('#typing').hidden);
offerRinging();
listen(scanButton, 'click', () => openScanner(true));
watchNotices();
run(() =>
  navigator.serviceWorker?.register('/service-worker.js', { scope: '/q' }).catch(() => {
    // Private windows may refuse service workers. Without one, the browser's own offline page appears.
  }),
);
run(tellWhatKeepsTheKey);

function openScanner(isImmediate: boolean): void {
  find('#typing').hidden = true;
  scanner.open(isImmediate);
}

/** Checks the camera permission without a prompt. Returns false where the browser cannot tell. */
async function isCameraAllowed(): Promise<boolean> {
  const name = 'camera' as PermissionName;
  const status = await navigator.permissions?.query({ name }).catch(() => null);
  return status?.state === 'granted';
}

function showReview(): void {
  find('#typing').hidden = true;
  container.hidden = false;
  // The heading was drawn while it was hidden, so it could not take the focus then.
  const heading = container.querySelector('h1');
  if (heading) present(heading);
}

onSubmit(form, submit);

/** Claims the ticket of the typed user code and shows the review, or the refusal beside the field. */
async function submit(): Promise<void> {
  say(problem, null);
  const refusal = await claim(container, { user_code: input.value }, store);
  if (!refusal) return showReview();
  if (isSignInNeeded(refusal)) return goTo('/sign-in?return_to=%2Fq');
  say(problem, wordsFor(refusal).message);
  input.select();
}

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-end]')) {
  onClick(button, () => endApproval(button));
}

/** Ends one earlier sign-in. An approval that is gone already counts as ended. */
async function endApproval(button: HTMLButtonElement): Promise<void> {
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
  if (isSignInNeeded(answer.problem.code)) return goTo('/sign-in?return_to=%2Fq');
  showNotice(wordsFor(answer.problem.code).message, null);
}

/**
 * Tells a browser that keeps no keys that it cannot approve, before anybody scans. On iOS, where the browser
 * deletes the keys of pages that are not visited, it explains how to install the app.
 */
async function tellWhatKeepsTheKey(): Promise<void> {
  find('#no-key').hidden = await canKeepKey();
  // Only iOS and iPadOS have this property together with touch.
  const isInBrowser = 'standalone' in navigator && navigator.standalone === false;
  find('#install').hidden = !isInBrowser || navigator.maxTouchPoints === 0;
}

reportRunning();
