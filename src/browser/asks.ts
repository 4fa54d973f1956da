// What waits for this phone, shown on its home while that is open: looked for every few seconds, decided on a page of its own.
import { request } from './api.ts';
import { find } from './dom.ts';
import { fill } from './messages.ts';
import { texts } from './review-view.ts';

type Ask = {
  readonly id: string;
  readonly client: { readonly name: string };
  readonly browser: { readonly name: string; readonly system: string };
};

const lookMs = 2500;

export function followAsks(isIdle: () => boolean): void {
  const card = find('#ask');
  const [title, question] = [find('#ask-title'), find('#ask-question')];
  const link = find<HTMLAnchorElement>('#ask-look');

  async function look(): Promise<void> {
    if (document.hidden || !isIdle()) return;
    const answer = await request<{ asks: Ask[] }>('GET', '/phone/v1/asks');
    if (answer.ok) show(answer.body.asks[0] ?? null);
  }

  async function lookAgainAndAgain(): Promise<void> {
    await look();
    setTimeout(() => void lookAgainAndAgain(), lookMs);
  }

  function show(ask: Ask | null): void {
    const isNew = ask !== null && link.pathname !== `/q/ask/${ask.id}`;
    card.hidden = ask === null;
    if (!ask || !isNew) return;
    link.href = `/q/ask/${ask.id}`;
    title.textContent = fill(texts.asks.title, { client: ask.client.name });
    question.textContent = fill(texts.asks.question, { browser: ask.browser.name, system: ask.browser.system });
  }

  void lookAgainAndAgain();
  // Back from the pocket, where timers sleep.
  document.addEventListener('visibilitychange', () => void look());
}
