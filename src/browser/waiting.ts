// The sign-in page of the waiting browser. It follows the state of its ticket, requests a new ticket when
// one expires, and asks the server once to finish after the phone has approved. The server makes every
// decision, so an outdated page can do no harm. waiting-view.ts draws, ticket-feed.ts receives the news.
import { request } from './api.ts';
import './clock-watch.ts';
import { departTo, reload } from './departure.ts';
import { find } from './dom.ts';
import { enhanceForms } from './forms.ts';
import { later, listen, onSubmit, pause, run } from './handlers.ts';
import { followOtherTabs } from './other-tab.ts';
import { offerPasskey } from './passkey-way.ts';
import { reportRunning } from './running.ts';
import { serverNow } from './server-clock.ts';
import { createTicketFeed, type FrameNews, type StateNews } from './ticket-feed.ts';
import { createWaitingView, type View, wordsOf } from './waiting-view.ts';

const main = find('#waiting');
const base = main.dataset.base ?? '';
const hasCode = document.querySelector('#qr') !== null;

/** How long a denial is shown before the page returns to the relying party. */
const deniedMessageMs = 2500;
/** How long the page waits after a failed attempt to finish. */
const finishAgainMs = 1500;
/** The page returns to the app this many seconds before the interaction ends. */
const returnSeconds = 8;

// Without a QR code (a client that switched it off), the page offers only the other ways to sign in.
if (hasCode) start();
else {
  enhanceForms(wordsOf, () => {});
  offerPasskey(base, wordsOf, () => {});
  followOtherTabs(base);
}

// A page from the back/forward cache shows an old state.
listen(window, 'pageshow', ({ persisted }) => (persisted ? reload() : null));

function start(): void {
  const view = createWaitingView(main);
  let renews = main.dataset.renews === 'true';
  let isFinishing = false;
  let isRenewing = false;
  let isLeaving = false;
  let last: StateNews['state'] | null = null;

  const feed = createTicketFeed(base, {
    onState,
    onFrame: view.showFrame,
    onConnection: view.showConnection,
    onGone: reloadAsEnded,
  });

  /** The interaction no longer exists. A reload shows the server's page about that. */
  function reloadAsEnded(): Promise<void> {
    leave();
    return reload();
  }

  /** Stops everything before the page navigates: later news must not change it any more. */
  function leave(): void {
    isLeaving = true;
    feed.stop();
  }

  function onState(news: StateNews): void {
    if (isLeaving) return;
    last = news.state;
    renews = news.renews ?? renews;
    // A hidden page asks for no new code, and a lapsed approval is shown: the person has to know of it.
    if (news.state === 'expired' && renews && !document.hidden && !news.lapsed) {
      run(renew);
      return;
    }
    const isCodeNeeded = news.state === 'approved' && news.needs === 'confirmation_code';
    view.show(isCodeNeeded ? 'code' : news.state, news.expires_at, news.number);
    if (news.lapsed) view.showLapsed();
    // A sign-in that is finished already has lost its answer. The server gives it to this browser again.
    if (news.state === 'consumed' || (news.state === 'approved' && !isCodeNeeded)) run(finish);
    if (news.state === 'denied') later(deniedMessageMs, returnToApp);
  }

  /** Returns to the relying party with `access_denied`. The person can press the button before that. */
  async function returnToApp(): Promise<void> {
    if (isLeaving) return;
    const answer = await request<{ location: string }>('POST', `${base}/cancel`);
    if (!answer.ok || isLeaving) return;
    leave();
    return departTo(answer.body.location);
  }

  /**
   * Consumes the approved ticket. `code`: the confirmation code that the phone shows, where one is required.
   */
  async function finish(code?: string): Promise<void> {
    if (isFinishing || isLeaving) return;
    isFinishing = true;
    // The state that the stream would bring again must not start a second attempt meanwhile.
    feed.stop();
    view.showCodeProblem(null);
    const body = code === undefined ? {} : { confirmation_code: code };
    const answer = await request<{ location: string }>('POST', `${base}/finish`, { body });
    if (answer.ok) {
      leave();
      return departTo(answer.body.location);
    }
    isFinishing = false;
    if (answer.status === 404) return reloadAsEnded();
    // The server gives the answer of a finished sign-in again for a short time only (protocol.md 3).
    if (last === 'consumed' && answer.status !== 0) return;
    if (answer.problem.code === 'confirmation_code_wrong') view.showCodeProblem(answer.problem);
    else view.showProblem(answer.problem);
    // A new connection brings the current state, from which the page continues.
    later(finishAgainMs, feed.start);
  }

  /** Sends the request to a phone that this browser knows. */
  async function ask(): Promise<void> {
    const answer = await request<StateNews & Partial<FrameNews>>('POST', `${base}/ask`);
    if (answer.ok) {
      const { qr, user_code, expires_at } = answer.body;
      onState(answer.body);
      if (qr && user_code) view.showFrame({ qr, user_code, expires_at });
    } else if (answer.status === 404) return reloadAsEnded();
    else view.showProblem(answer.problem);
  }

  /** Replaces an expired ticket with a new one. */
  async function renew(): Promise<void> {
    if (isRenewing) return;
    isRenewing = true;
    const answer = await request<StateNews & FrameNews>('POST', `${base}/ticket`);
    isRenewing = false;
    if (answer.ok) {
      onState(answer.body);
      return view.showFrame(answer.body);
    }
    if (answer.status === 404) return reloadAsEnded();
    // After a failure the page does not retry by itself. The person can use the button.
    renews = false;
    view.show(last === 'cancelled' ? 'cancelled' : 'expired', 0);
    view.showProblem(answer.problem);
  }

  for (const form of document.querySelectorAll<HTMLFormElement>('#renew, form[data-renew]')) {
    onSubmit(form, renew);
  }
  const askForm = document.querySelector<HTMLFormElement>('#ask-phone');
  if (askForm) onSubmit(askForm, ask);
  onSubmit(find<HTMLFormElement>('#confirm'), () => finish(find<HTMLInputElement>('#confirmation_code').value));
  enhanceForms(view.words, leave);
  offerPasskey(base, view.words, leave);
  followOtherTabs(base, leave);
  view.show(main.dataset.view as View, Number(main.dataset.expiresAt), main.dataset.number || null);
  // Once the interaction has ended nothing can be brought back to the app, so the page returns just before.
  const returnsAt = Number(main.dataset.endsAt) - returnSeconds;
  if (returnsAt > serverNow()) run(() => untilThen(returnsAt, returnToApp));
  feed.start();
}

/** Runs a task at a time of the server. A timer alone would be late after a sleep of the device. */
async function untilThen(at: number, task: () => Promise<void>): Promise<void> {
  while (serverNow() < at) await pause(Math.min((at - serverNow()) * 1000, 1000));
  await task();
}

reportRunning();
