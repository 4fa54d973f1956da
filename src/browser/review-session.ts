// One review on the phone: claim the ticket, ask the person, send the decision, and follow the ticket in case
// the waiting browser ends it in the meantime. Nothing is decided without a tap. review-view.ts draws.
import { request } from './api.ts';
import type { Claim, ClaimStore, Decision, KeptClaim, Outcome } from './claim.ts';
import './clock-watch.ts';
import { pollPatienceMs, showConnection } from './connection-notice.ts';
import { later, listen, run } from './handlers.ts';
import { answerQuestion, hasPasskeys } from './passkey.ts';
import { isSignInNeeded, texts, wordsFor } from './phone-texts.ts';
import { drawCode, drawNumbers, drawOutcome, drawQuestion, drawRefusal, type Question } from './review-view.ts';
import { serverNow } from './server-clock.ts';
import type { StateNews } from './ticket-feed.ts';

const pollMs = 2000;

/**
 * Claims a ticket and shows its review in `container`.
 *
 * @param body of `POST /phone/v1/scan`: a frame with its channel, a user code, or the id of a request
 * @returns null on success, else the refusal code; nothing has been drawn then
 */
export async function claim(container: HTMLElement, body: object, store: ClaimStore): Promise<string | null> {
  const answer = await request<Claim>('POST', '/phone/v1/scan', { body, proved: true });
  if (!answer.ok) return answer.problem.code;
  const kept = { claim: answer.body };
  store.save(kept);
  resume(container, kept, store, false);
  return null;
}

/**
 * Shows a claim in its current step and starts to follow its ticket.
 *
 * @param isResumed true: the claim comes from the storage, so its requirements may be met by now
 */
export function resume(container: HTMLElement, kept: KeptClaim, store: ClaimStore, isResumed = true): void {
  const { ticket } = kept.claim;
  const isScreen = kept.claim.context.kind === 'device';
  let { claim: current, outcome, isCodeSeen = !isScreen } = kept;
  /** The step that waits for the person. Null after the outcome. */
  let question: Pick<Question, 'setBusy' | 'say' | 'tick'> | null = null;
  /** The question with Approve and Deny, while it is shown. */
  let review: Question | null = null;

  /** Shows the outcome and stores it for a reload. `code`: the confirmation code. */
  function end(next: Outcome, code?: string): void {
    outcome = next;
    question = null;
    // The approval token is used up, so it is removed from the storage.
    current = { ...current, approval_token: '' };
    store.save({ claim: current, outcome, ...(code && { code }) });
    drawOutcome(container, outcome, code ?? null, isScreen);
  }

  /**
   * A decision whose answer did not arrive. The server may have recorded it, which its state tells
   * (`notice`).
   */
  let unanswered: Decision | null = kept.sent ?? null;
  /** Whether the waiting browser has used the approval, or nobody knows any more. */
  let isSettled = false;

  /** Sends a decision and shows its outcome. */
  async function decide(decision: Decision): Promise<void> {
    const { what, extra } = decision;
    const body = { approval_token: current.approval_token, ...extra };
    const path = `/phone/v1/tickets/${ticket}/${what}`;
    type Decided = { confirmation_code?: string | null };
    unanswered = null;
    // A reload continues from here: the server answers a repeat of the same decision with the same outcome.
    store.save({ claim: current, isCodeSeen, sent: decision });
    const answer = await whileBusy(() => request<Decided>('POST', path, { body, proved: true }));
    if (answer.ok) return showDecided(decision, answer.body.confirmation_code ?? null);
    const { code } = answer.problem;
    if (code === 'no_answer') unanswered = decision;
    else store.save({ claim: current, isCodeSeen });
    // A challenge is single-use and the facts may have changed, so the claim is read again.
    if (code.startsWith('passkey_') || code === 'user_verification_required') await reviewAgain();
    if (code === 'user_verification_required' && current.passkey_options) return;
    refuse(code);
  }

  /** `code`: the confirmation code. Null where none is required. */
  function showDecided({ what, extra }: Decision, code: string | null): void {
    if (what === 'deny') end(extra.report ? 'reported' : 'denied');
    else if (code) end('code', code);
    else end('approved');
  }

  /** Approves with a passkey if the claim has options for one, else by the tap alone. */
  async function approve(extra: Decision['extra']): Promise<void> {
    if (!current.passkey_options) return decide({ what: 'approve', extra });
    const options = current.passkey_options;
    const passkey = await whileBusy(() => answerQuestion(options));
    // `reauthentication` is also satisfied by a password. The requirement `passkey` is not.
    if (!passkey && !current.requires.includes('passkey')) return forbid('reauthentication_required');
    if (!passkey) return question?.say(texts.review.passkeyStopped);
    await decide({ what: 'approve', extra: { ...extra, passkey } });
  }

  /** Disables the buttons of the present step while something is under way, whatever happens to it. */
  async function whileBusy<T>(work: () => Promise<T>): Promise<T> {
    const asked = question;
    asked?.setBusy(true);
    asked?.say(null);
    try {
      return await work();
    } finally {
      asked?.setBusy(false);
    }
  }

  /**
   * Number matching for a request that was sent to this phone. The person chooses the number that the waiting
   * browser shows. A wrong choice denies the request.
   */
  function chooseNumber(numbers: readonly string[], extra: Decision['extra']): void {
    const shown = drawNumbers(container, numbers);
    question = { ...shown, tick: () => {} };
    review = null;
    for (const { number, button } of shown.choices) listen(button, 'click', () => approve({ ...extra, number }));
    listen(shown.deny, 'click', () => decide({ what: 'deny', extra: { report: false } }));
  }

  /** Reads the claim again, with new passkey options, and asks again. */
  async function reviewAgain(): Promise<void> {
    const path = `/phone/v1/tickets/${ticket}/review`;
    const body = { approval_token: current.approval_token };
    const answer = await request<Omit<Claim, 'ticket' | 'approval_token'>>('POST', path, { body, proved: true });
    if (!answer.ok) return refuse(answer.problem.code);
    current = { ...current, ...answer.body };
    store.save({ claim: current, isCodeSeen });
    ask();
  }

  /** Handles a refusal: the review ends, only Deny remains possible, or the person can try again. */
  function refuse(code: string): void {
    if (code === 'ticket_expired') end('expired');
    else if (finalRefusals.includes(code)) stop(code);
    else if (isSignInNeeded(code) || approvalRefusals.includes(code)) forbid(code);
    else question?.say(wordsFor(code).message);
  }

  /** Ends the review with a refusal that the ticket cannot recover from. */
  function stop(code: string): void {
    question = null;
    drawRefusal(container, code);
  }

  /** Disables Approve, says why, and offers what helps. Deny stays possible. */
  function forbid(code: string): void {
    const back = `/sign-in?return_to=${encodeURIComponent(location.pathname)}`;
    const makePasskey = { href: '/account/passkeys', label: texts.review.makePasskey };
    const confirm = { href: back, label: texts.review.confirm };
    const action = isSignInNeeded(code) ? confirm : code === 'user_verification_required' ? makePasskey : null;
    if (!review) ask();
    const isBlocked = isScreen && code === 'blocked_by_risk';
    review?.forbidApproval(isBlocked ? texts.screen.blocked : wordsFor(code).message, action);
  }

  /**
   * Asks the person to compare the code with the screen, before anything can be approved. Otherwise a person
   * could be talked into approving the screen of an attacker (RFC 8628 §5.4).
   */
  function compareCode(): void {
    const shown = drawCode(container, current);
    question = { ...shown, tick: () => {} };
    review = null;
    listen(shown.no, 'click', () => decide({ what: 'deny', extra: { report: false } }));
    listen(shown.yes, 'click', () => {
      isCodeSeen = true;
      store.save({ claim: current, isCodeSeen });
      ask();
    });
  }

  function ask(): void {
    if (isCodeSeen) askForDecision();
    else compareCode();
  }

  function askForDecision(): void {
    const shown = drawQuestion(container, current);
    question = shown;
    review = shown;
    // A screen never becomes trusted, so its approval carries the comparison instead.
    const choices = () =>
      current.context.kind === 'device' ? { user_code_confirmed: true } : { trust_browser: shown.isTrusted() };
    listen(shown.approve, 'click', () =>
      current.numbers ? chooseNumber(current.numbers, choices()) : approve(choices()),
    );
    listen(shown.deny, 'click', () => decide({ what: 'deny', extra: { report: false } }));
    listen(shown.report, 'click', () => decide({ what: 'deny', extra: { report: true } }));
    const obstacle = obstacleOf(current);
    if (obstacle) forbid(obstacle);
  }

  /** Polls the state of the ticket while the review is open. One exception does not end it. */
  async function pollForever(): Promise<void> {
    try {
      await poll();
    } finally {
      if (isOpen()) later(pollMs, pollForever);
    }
  }

  async function poll(): Promise<void> {
    question?.tick();
    if (document.hidden || !isOpen()) return;
    const path = `/phone/v1/tickets/${ticket}`;
    const answer = await request<StateNews>('GET', path, { patienceMs: pollPatienceMs });
    showConnection(answer);
    if (answer.ok) await notice(answer.body);
    else if (answer.status === 404 && question) stop('ticket_not_found');
    else if (answer.status === 404) isSettled = true;
  }

  async function notice({ state }: Pick<StateNews, 'state'>): Promise<void> {
    if (!isOpen()) return;
    const isDecided = state === 'approved' || state === 'denied';
    // The decision was recorded and only its answer was lost, so it is asked for again.
    if (question && isDecided && unanswered) return decide(unanswered);
    if (state === 'expired') end(question ? 'expired' : 'lapsed');
    if (state === 'cancelled' || state === 'denied') end(state);
    if (state === 'consumed') settle();
  }

  /** Asks how a request ended whose time is over. Nothing is said before the server has answered. */
  async function learnEnding(): Promise<void> {
    const answer = await request<StateNews>('GET', `/phone/v1/tickets/${ticket}`);
    if (!answer.ok) return drawRefusal(container, answer.problem.code);
    const { state } = answer.body;
    if (state === 'denied' || state === 'cancelled') end(state);
    else if (state === 'consumed') end('approved');
    else end('expired');
  }

  /** The waiting browser has finished. */
  function settle(): void {
    isSettled = true;
    if (outcome !== 'approved') end('approved');
  }

  /** An approval is followed until the waiting browser has used it, because it may lapse before. */
  const isOpen = (): boolean => question !== null || (!isSettled && (outcome === 'code' || outcome === 'approved'));

  if (outcome) drawOutcome(container, outcome, kept.code ?? null, isScreen);
  else if (current.expires_at <= serverNow()) run(learnEnding);
  else {
    ask();
    // The person may have left the page to sign in again or to register a passkey.
    if (isResumed && current.requires.some((what) => ['passkey', 'reauthentication'].includes(what))) run(reviewAgain);
  }
  // A decision that was sent before a reload may be recorded already.
  if (isOpen()) later(unanswered ? 0 : pollMs, pollForever);
  // Timers pause while the phone is locked. The state may be another one when it is unlocked.
  listen(document, 'visibilitychange', poll);
}

/** Refusal codes after which this ticket cannot be decided on this phone. */
const finalRefusals = [
  'ticket_already_decided',
  'ticket_other_device',
  'ticket_not_found',
  'approval_token_invalid',
  'client_switched_off',
  'number_wrong',
];
/** Refusal codes that prevent an approval but not a denial. */
const approvalRefusals = ['user_verification_required', 'scanner_required', 'blocked_by_risk', 'qr_sign_in_off'];

/**
 * The refusal that a tap on Approve would get, as far as the claim tells. Null: nothing is known to prevent
 * it.
 */
function obstacleOf({ requires, passkey_options, context }: Claim): string | null {
  if (context.kind === 'device' && context.risk.level === 'high') return 'blocked_by_risk';
  if (requires.includes('scanner')) return 'scanner_required';
  // The tap on Approve starts the passkey prompt, which satisfies both requirements below.
  if (passkey_options && hasPasskeys()) return null;
  if (requires.includes('passkey')) return 'user_verification_required';
  return requires.includes('reauthentication') ? 'reauthentication_required' : null;
}
