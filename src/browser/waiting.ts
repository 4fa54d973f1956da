// The sign-in page of the waiting browser. It follows the state of its ticket, requests a new ticket when
// one expires, and asks the server once to finish after the phone has approved. The server makes every
// decision, so an outdated page can do no harm. waiting-view.ts draws, ticket-feed.ts receives the news.
import { request } from './api.ts';
import { departTo } from './departure.ts';
import { find } from './dom.ts';
import { enhanceForms } from './forms.ts';
import { followOtherTabs } from './other-tab.ts';
import { offerPasskey } from './passkey-way.ts';
import { createTicketFeed, type FrameNews, type StateNews } from './ticket-feed.ts';
import { createWaitingView, type View, wordsOf } from './waiting-view.ts';

const main = find('#waiting');
const base = main.dataset.base ?? '';
const hasCode = document.querySelector('#qr') !== null;

/** How long a denial is shown before the page returns to the relying party. */
const deniedMessageMs = 2500;

// Without a QR code (a client that switched it off), the page offers only the other ways to sign in.
if (hasCode) start();
else {
  enhanceForms(wordsOf, () => {});
  offerPasskey(base, wordsOf, () => {});
  followOtherTabs(base);
}

// A page from the back/forward cache shows an old state.
window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());

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
  function reloadAsEnded(): void {
    leave();
    location.reload();
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
    if (news.state === 'expired' && renews) return void renew();
    const isCodeNeeded = news.state === 'approved' && news.needs === 'confirmation_code';
    view.show(isCodeNeeded ? 'code' : news.state, news.expires_at, news.number);
    if (news.state === 'approved' && !isCodeNeeded) void finish();
    if (news.state === 'denied') setTimeout(() => void returnToApp(), deniedMessageMs);
  }

  /** Returns to the relying party with `access_denied`. The person can press the button before that. */
  async function returnToApp(): Promise<void> {
    if (isLeaving) return;
    const answer = await request<{ location: string }>('POST', `${base}/cancel`);
    if (!answer.ok || isLeaving) return;
    leave();
    departTo(answer.body.location);
  }

  /**
   * Consumes the approved ticket. `code`: the confirmation code that the phone shows, where one is required.
   */
  async function finish(code?: string): Promise<void> {
    if (isFinishing || isLeaving) return;
    isFinishing = true;
    view.showCodeProblem(null);
    const body = code === undefined ? {} : { confirmation_code: code };
    const answer = await request<{ location: string }>('POST', `${base}/finish`, { body });
    if (answer.ok) {
      leave();
      return departTo(answer.body.location);
    }
    isFinishing = false;
    if (answer.problem.code === 'confirmation_code_wrong') return view.showCodeProblem(answer.problem);
    if (answer.status === 404) return reloadAsEnded();
    // Nothing was granted. A new connection brings the current state, and an unavailable server gets another
    // try.
    view.showProblem(answer.problem);
    setTimeout(feed.start, 1500);
  }

  /** Sends the request to a phone that this browser knows. */
  async function ask(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    const answer = await request<StateNews & Partial<FrameNews>>('POST', `${base}/ask`);
    button.disabled = false;
    if (answer.ok) {
      const { qr, user_code, expires_at } = answer.body;
      onState(answer.body);
      if (qr && user_code) view.showFrame({ qr, user_code, expires_at });
    } else if (answer.status === 404) reloadAsEnded();
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

  for (const form of document.querySelectorAll('#renew, form[data-renew]')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void renew();
    });
  }
  const askForm = document.querySelector<HTMLFormElement>('#ask-phone');
  askForm?.addEventListener('submit', (event) => {
    event.preventDefault();
    void ask(find<HTMLButtonElement>('button', askForm));
  });
  find<HTMLFormElement>('#confirm').addEventListener('submit', (event) => {
    event.preventDefault();
    void finish(find<HTMLInputElement>('#confirmation_code').value);
  });
  enhanceForms(view.words, leave);
  offerPasskey(base, view.words, leave);
  followOtherTabs(base, leave);
  view.show(main.dataset.view as View, Number(main.dataset.expiresAt), main.dataset.number || null);
  // Once the interaction has ended nothing can be brought back to the app, so the page returns just before.
  const secondsLeft = Number(main.dataset.endsAt) - Number(document.documentElement.dataset.now) - 8;
  if (secondsLeft > 0) setTimeout(() => void returnToApp(), secondsLeft * 1000);
  if (!document.hidden) feed.start();
}
