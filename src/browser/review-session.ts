// One review on the phone: claim the ticket, ask the person, send the decision, and follow the ticket in case
// the waiting browser ends it in the meantime. Nothing is decided without a tap. review-view.ts draws.
import { request } from './api.ts';
import type { Claim, ClaimStore, KeptClaim, Outcome } from './claim.ts';
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

  /** Sends a decision. `done` receives the confirmation code, or null where none is required. */
  async function decide(what: 'approve' | 'deny', extra: object, done: (code: string | null) => void): Promise<void> {
    question?.setBusy(true);
    question?.say(null);
    const body = { approval_token: current.approval_token, ...extra };
    const path = `/phone/v1/tickets/${ticket}/${what}`;
    const answer = await request<{ confirmation_code?: string | null }>('POST', path, { body, proved: true });
    if (answer.ok) return done(answer.body.confirmation_code ?? null);
    question?.setBusy(false);
    const { code } = answer.problem;
    // A challenge is single-use and the facts may have changed, so the claim is read again.
    if (code.startsWith('passkey_') || code === 'user_verification_required') await reviewAgain();
    if (code === 'user_verification_required' && current.passkey_options) return;
    refuse(code);
  }

  /** Approves with a passkey if the claim has options for one, else by the tap alone. */
  async function approve(extra: object): Promise<void> {
    const done = (code: string | null) => (code ? end('code', code) : end('approved'));
    if (!current.passkey_options) return decide('approve', extra, done);
    question?.setBusy(true);
    question?.say(null);
    const passkey = await answerQuestion(current.passkey_options);
    question?.setBusy(false);
    // `reauthentication` is also satisfied by a password. The requirement `passkey` is not.
    if (!passkey && !current.requires.includes('passkey')) return forbid('reauthentication_required');
    if (!passkey) return question?.say(texts.review.passkeyStopped);
    await decide('approve', { ...extra, passkey }, done);
  }

  /**
   * Number matching for a request that was sent to this phone. The person chooses the number that the waiting
   * browser shows. A wrong choice denies the request.
   */
  function chooseNumber(numbers: readonly string[], extra: object): void {
    const shown = drawNumbers(container, numbers);
    question = { ...shown, tick: () => {} };
    review = null;
    for (const { number, button } of shown.choices)
      button.addEventListener('click', () => void approve({ ...extra, number }));
    shown.deny.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
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
    shown.no.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
    shown.yes.addEventListener('click', () => {
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
    shown.approve.addEventListener('click', () => {
      if (current.numbers) chooseNumber(current.numbers, choices());
      else void approve(choices());
    });
    shown.deny.addEventListener('click', () => void decide('deny', { report: false }, () => end('denied')));
    shown.report.addEventListener('click', () => void decide('deny', { report: true }, () => end('reported')));
    const obstacle = obstacleOf(current);
    if (obstacle) forbid(obstacle);
  }

  /** Polls the state of the ticket while the review is open. */
  async function poll(): Promise<void> {
    question?.tick();
    if (!document.hidden) {
      const answer = await request<StateNews>('GET', `/phone/v1/tickets/${ticket}`);
      if (answer.ok) notice(answer.body);
      else if (answer.status === 404) notice({ state: 'expired' });
    }
    if (isOpen()) setTimeout(() => void poll(), pollMs);
  }

  function notice({ state }: Pick<StateNews, 'state'>): void {
    if (!isOpen()) return;
    if (state === 'expired' || state === 'cancelled' || state === 'denied') end(state);
    if (state === 'consumed') end('approved');
  }

  /** With a confirmation code, the review is open until the waiting browser has accepted the code. */
  const isOpen = (): boolean => question !== null || outcome === 'code';

  if (outcome) drawOutcome(container, outcome, kept.code ?? null, isScreen);
  else if (current.expires_at <= serverNow()) end('expired');
  else {
    ask();
    // The person may have left the page to sign in again or to register a passkey.
    if (isResumed && current.requires.some((what) => ['passkey', 'reauthentication'].includes(what)))
      void reviewAgain();
  }
  if (isOpen()) setTimeout(() => void poll(), pollMs);
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
