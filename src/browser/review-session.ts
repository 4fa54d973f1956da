// One review on the phone: claim, ask, decide, and notice when the other screen ends it meanwhile. Nothing is decided without a tap.
import { request } from './api.ts';
import type { Claim, ClaimStore, KeptClaim, Outcome } from './claim.ts';
import { answerQuestion, hasPasskeys } from './passkey.ts';
import {
  drawCode,
  drawNumbers,
  drawOutcome,
  drawQuestion,
  drawRefusal,
  isSignInNeeded,
  type Question,
  texts,
  wordsFor,
} from './review-view.ts';
import { serverNow } from './server-clock.ts';
import type { StateNews } from './ticket-feed.ts';

const lookMs = 2000;

/** @returns null once the review is on the screen, or the code of the refusal. */
export async function claim(container: HTMLElement, body: object, store: ClaimStore): Promise<string | null> {
  const answer = await request<Claim>('POST', '/phone/v1/scan', { body, proved: true });
  if (!answer.ok) return answer.problem.code;
  const kept = { claim: answer.body };
  store.save(kept);
  resume(container, kept, store, false);
  return null;
}

/** Shows a claim where it stands. `isResumed`: it was made before, and may have changed since. */
export function resume(container: HTMLElement, kept: KeptClaim, store: ClaimStore, isResumed = true): void {
  const { ticket } = kept.claim;
  const isScreen = kept.claim.context.kind === 'device';
  let { claim: current, outcome, isCodeSeen = !isScreen } = kept;
  let question: Pick<Question, 'setBusy' | 'say' | 'tick'> | null = null;
  /** The whole question, while it is on the screen. */
  let review: Question | null = null;

  function end(next: Outcome, code?: string): void {
    outcome = next;
    question = null;
    // The token is spent: it has no business in the storage any more.
    current = { ...current, approval_token: '' };
    store.save({ claim: current, outcome, ...(code && { code }) });
    drawOutcome(container, outcome, code ?? null, isScreen);
  }

  async function decide(what: 'approve' | 'deny', extra: object, done: (code: string | null) => void): Promise<void> {
    question?.setBusy(true);
    question?.say(null);
    const body = { approval_token: current.approval_token, ...extra };
    const path = `/phone/v1/tickets/${ticket}/${what}`;
    const answer = await request<{ confirmation_code?: string | null }>('POST', path, { body, proved: true });
    if (answer.ok) return done(answer.body.confirmation_code ?? null);
    question?.setBusy(false);
    const { code } = answer.problem;
    // What was shown may have changed, and a question is answered once: look again, with a new one.
    if (code === 'passkey_invalid' || code === 'user_verification_required') await reviewAgain();
    if (code === 'user_verification_required' && current.passkey_options) return;
    refuse(code);
  }

  /** By passkey where the claim asks for one, and by the tap alone where that is enough. */
  async function approve(extra: object): Promise<void> {
    const done = (code: string | null) => (code ? end('code', code) : end('approved'));
    if (!current.passkey_options) return decide('approve', extra, done);
    question?.setBusy(true);
    question?.say(null);
    const passkey = await answerQuestion(current.passkey_options);
    question?.setBusy(false);
    // Without the passkey a password does as well, where only the person is to be proved anew.
    if (!passkey && !current.requires.includes('passkey')) return forbid('reauthentication_required');
    if (!passkey) return question?.say(texts.review.passkeyStopped);
    await decide('approve', { ...extra, passkey }, done);
  }

  /** The phone was asked, so whoever holds it says what is on the screen it is about. */
  function chooseNumber(numbers: readonly string[], extra: object): void {
    const shown = drawNumbers(container, numbers);
    question = { ...shown, tick: () => {} };
    review = null;
    for (const { number, button } of shown.choices)
      button.addEventListener('click', () => void approve({ ...extra, number }));
    shown.deny.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
  }

  async function reviewAgain(): Promise<void> {
    const path = `/phone/v1/tickets/${ticket}/review`;
    const body = { approval_token: current.approval_token };
    const answer = await request<Omit<Claim, 'ticket' | 'approval_token'>>('POST', path, { body, proved: true });
    if (!answer.ok) return refuse(answer.problem.code);
    current = { ...current, ...answer.body };
    store.save({ claim: current, isCodeSeen });
    ask();
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
    const makePasskey = { href: '/account/passkeys', label: texts.review.makePasskey };
    const confirm = { href: back, label: texts.review.confirm };
    const action = isSignInNeeded(code) ? confirm : code === 'user_verification_required' ? makePasskey : null;
    if (!review) ask();
    const isBlocked = isScreen && code === 'blocked_by_risk';
    review?.forbidApproval(isBlocked ? texts.device.blocked : wordsFor(code).message, action);
  }

  /** A step of its own: what is approved without a look at the screen is somebody else's device (RFC 8628 §5.4). */
  function compareCode(): void {
    const shown = drawCode(container, current);
    question = { ...shown, tick: () => {} };
    review = null;
    shown.no.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
    shown.yes.addEventListener('click', () => {
      isCodeSeen = true;
      store.save({ claim: current, isCodeSeen });
      ask();
    });
  }

  function ask(): void {
    if (isCodeSeen) askWhole();
    else compareCode();
  }

  function askWhole(): void {
    const shown = drawQuestion(container, current);
    question = shown;
    review = shown;
    const isTrusted = () =>
      current.context.kind === 'device' ? { user_code_confirmed: true } : { trust_browser: shown.isTrusted() };
    shown.approve.addEventListener('click', () => {
      if (current.numbers) chooseNumber(current.numbers, isTrusted());
      else void approve(isTrusted());
    });
    shown.deny.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
    shown.report.addEventListener('click', () => void decide('deny', { report: true }, () => end('reported')));
    const obstacle = obstacleOf(current);
    if (obstacle) forbid(obstacle);
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

  if (outcome) drawOutcome(container, outcome, kept.code ?? null, isScreen);
  else if (current.expires_at <= serverNow()) end('expired');
  else {
    ask();
    // The person may have been away to prove themselves, or to make a passkey.
    if (isResumed && current.requires.some((what) => ['passkey', 'reauthentication'].includes(what)))
      void reviewAgain();
  }
  if (isOpen()) setTimeout(() => void look(), lookMs);
}

const final = [
  'ticket_already_decided',
  'ticket_other_device',
  'ticket_not_found',
  'approval_token_invalid',
  'client_switched_off',
  'number_wrong',
];
const forbidding = ['user_verification_required', 'scanner_required', 'blocked_by_risk', 'qr_sign_in_off'];

/** Why a tap on Approve cannot work, as far as the claim says. */
function obstacleOf({ requires, passkey_options, context }: Claim): string | null {
  if (context.kind === 'device' && context.risk.level === 'high') return 'blocked_by_risk';
  if (requires.includes('scanner')) return 'scanner_required';
  // Answered by the tap itself.
  if (passkey_options && hasPasskeys()) return null;
  if (requires.includes('passkey')) return 'user_verification_required';
  return requires.includes('reauthentication') ? 'reauthentication_required' : null;
}
