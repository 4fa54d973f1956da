// One review on the phone: claim, ask, decide, and notice when the other screen ends it meanwhile. Nothing is decided without a tap.
import { request } from './api.ts';
import type { Claim, ClaimStore, KeptClaim, Outcome } from './claim.ts';
import { drawOutcome, drawQuestion, drawRefusal, isSignInNeeded, type Question, wordsFor } from './review-view.ts';
import { serverNow } from './server-clock.ts';
import type { StateNews } from './ticket-feed.ts';

const lookMs = 2000;

/** @returns null once the review is on the screen, or the code of the refusal. */
export async function claim(container: HTMLElement, body: object, store: ClaimStore): Promise<string | null> {
  const answer = await request<Claim>('POST', '/phone/v1/scan', { body, proved: true });
  if (!answer.ok) return answer.problem.code;
  const kept = { claim: answer.body };
  store.save(kept);
  resume(container, kept, store);
  return null;
}

/** Shows a claim where it stands. */
export function resume(container: HTMLElement, kept: KeptClaim, store: ClaimStore): void {
  const { ticket } = kept.claim;
  let { claim: current, outcome } = kept;
  let question: Question | null = null;

  function end(next: Outcome, code?: string): void {
    outcome = next;
    question = null;
    // The token is spent: it has no business in the storage any more.
    current = { ...current, approval_token: '' };
    store.save({ claim: current, outcome, ...(code && { code }) });
    drawOutcome(container, outcome, code ?? null);
  }

  async function decide(what: 'approve' | 'deny', extra: object, done: (code: string | null) => void): Promise<void> {
    question?.setBusy(true);
    question?.say(null);
    const body = { approval_token: current.approval_token, ...extra };
    const path = `/phone/v1/tickets/${ticket}/${what}`;
    const answer = await request<{ confirmation_code?: string | null }>('POST', path, { body, proved: true });
    if (answer.ok) return done(answer.body.confirmation_code ?? null);
    question?.setBusy(false);
    refuse(answer.problem.code);
  }

  function refuse(code: string): void {
    if (code === 'ticket_expired') end('expired');
    else if (final.includes(code)) stop(code);
    else if (isSignInNeeded(code) || forbidding.includes(code)) forbid(code);
    else question?.say(wordsFor(code).message);
  }

  function stop(code: string): void {
    question = null;
    drawRefusal(container, code);
  }

  function forbid(code: string): void {
    const back = `/sign-in?return_to=${encodeURIComponent(location.pathname)}`;
    question?.forbidApproval(wordsFor(code).message, isSignInNeeded(code) ? back : null);
  }

  function ask(): void {
    const shown = drawQuestion(container, current);
    question = shown;
    const isTrusted = () => ({ trust_browser: shown.isTrusted() });
    shown.approve.addEventListener('click', () => {
      void decide('approve', isTrusted(), (code) => (code ? end('code', code) : end('approved')));
    });
    shown.deny.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
    shown.report.addEventListener('click', () => void decide('deny', { report: true }, () => end('reported')));
    // What the claim asked for is proved when the person comes back; if not, the approval says so again.
    shown.confirm.addEventListener('click', () => store.save({ claim: { ...current, requires: [] } }));
    if (current.requires.includes('user_verification')) forbid('user_verification_required');
    else if (current.requires.includes('scanner')) forbid('scanner_required');
    else if (current.requires.includes('reauthentication')) forbid('reauthentication_required');
  }

  async function look(): Promise<void> {
    question?.tick();
    if (!document.hidden) {
      const answer = await request<StateNews>('GET', `/phone/v1/tickets/${ticket}`);
      if (answer.ok) notice(answer.body);
      else if (answer.status === 404) notice({ state: 'expired' });
    }
    if (isOpen()) setTimeout(() => void look(), lookMs);
  }

  function notice({ state }: Pick<StateNews, 'state'>): void {
    if (!isOpen()) return;
    if (state === 'expired' || state === 'cancelled' || state === 'denied') end(state);
    if (state === 'consumed') end('approved');
  }

  const isOpen = (): boolean => question !== null || outcome === 'code';

  if (outcome) drawOutcome(container, outcome, kept.code ?? null);
  else if (current.expires_at <= serverNow()) end('expired');
  else ask();
  if (isOpen()) setTimeout(() => void look(), lookMs);
}

const final = ['ticket_already_decided', 'ticket_other_device', 'ticket_not_found', 'approval_token_invalid'];
const forbidding = ['user_verification_required', 'scanner_required', 'blocked_by_risk', 'qr_sign_in_off'];
