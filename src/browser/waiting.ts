// The sign-in page of the waiting browser: follows its ticket, renews it, and asks to finish, once, when the phone has approved. All
// decisions are the server's; a page that shows the wrong thing for a moment can do no harm.
import { request } from './api.ts';
import { find } from './dom.ts';
import { enhanceForms } from './forms.ts';
import { offerPasskey } from './passkey-way.ts';
import { createTicketFeed, type FrameNews, type StateNews } from './ticket-feed.ts';
import { createWaitingView, type View, wordsOf } from './waiting-view.ts';

const main = find('#waiting');
const base = main.dataset.base ?? '';
const hasCode = document.querySelector('#qr') !== null;

/** Long enough to read why one goes back. */
const readingMs = 2500;

if (hasCode) start();
else {
  enhanceForms(wordsOf, () => {});
  offerPasskey(base, wordsOf, () => {});
}

// A page from the back/forward cache tells of the past.
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
    onGone: leaveForGood,
  });

  /** The interaction is over, which the server's own page says, without the steps of a sign-in that is none any more. */
  function leaveForGood(): void {
    leave();
    location.reload();
  }

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
    if (news.state === 'denied') setTimeout(() => void giveBack(), readingMs);
  }

  /** The relying party gets its proper ending by itself; the button is for whoever is faster. */
  async function giveBack(): Promise<void> {
    if (isLeaving) return;
    const answer = await request<{ location: string }>('POST', `${base}/cancel`);
    if (!answer.ok || isLeaving) return;
    leave();
    location.assign(answer.body.location);
  }

  async function finish(code?: string): Promise<void> {
    if (isFinishing || isLeaving) return;
    isFinishing = true;
    view.showCodeProblem(null);
    const body = code === undefined ? {} : { confirmation_code: code };
    const answer = await request<{ location: string }>('POST', `${base}/finish`, { body });
    if (answer.ok) {
      leave();
      return location.assign(answer.body.location);
    }
    isFinishing = false;
    if (answer.problem.code === 'confirmation_code_wrong') return view.showCodeProblem(answer.problem);
    if (answer.status === 404) return leaveForGood();
    // Nothing was granted. What holds now comes with the next state; a server that was away is asked again.
    view.showProblem(answer.problem);
    setTimeout(feed.start, 1500);
  }

  async function ask(button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    const answer = await request<StateNews & Partial<FrameNews>>('POST', `${base}/ask`);
    button.disabled = false;
    if (answer.ok) {
      const { qr, user_code, expires_at } = answer.body;
      onState(answer.body);
      if (qr && user_code) view.showFrame({ qr, user_code, expires_at });
    } else if (answer.status === 404) leaveForGood();
    else view.showProblem(answer.problem);
  }

  async function renew(): Promise<void> {
    if (isRenewing) return;
    isRenewing = true;
    const answer = await request<StateNews & FrameNews>('POST', `${base}/ticket`);
    isRenewing = false;
    if (answer.ok) {
      onState(answer.body);
      return view.showFrame(answer.body);
    }
    if (answer.status === 404) return leaveForGood();
    // Not again by itself: the button stays.
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
    void finish(find<HTMLInputElement>('#confirmation_code').value.replace(/\s/g, ''));
  });
  enhanceForms(view.words, leave);
  offerPasskey(base, view.words, leave);
  view.show(main.dataset.view as View, Number(main.dataset.expiresAt), main.dataset.number || null);
  if (!document.hidden) feed.start();
}
