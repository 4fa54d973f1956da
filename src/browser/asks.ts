// Sign-in requests that were sent to this phone, shown on its home page while that is open. The page polls
// for them; the decision happens on a page of its own (review.ts).
import { request } from './api.ts';
import { pollPatienceMs, showConnection } from './connection-notice.ts';
import { find } from './dom.ts';
import { later, listen, run } from './handlers.ts';
import { fill } from './messages.ts';
import { texts } from './phone-texts.ts';

/** One entry of `GET /phone/v1/asks`, as far as the card shows it. */
type Ask = {
  readonly id: string;
  readonly client: { readonly name: string };
  readonly browser: { readonly name: string; readonly system: string };
};

const pollMs = 2500;

/**
 * Starts polling and never stops.
 *
 * @param isIdle false while the person scans or reviews something; no card appears then
 */
export function followAsks(isIdle: () => boolean): void {
  const card = find('#ask');
  const [title, question] = [find('#ask-title'), find('#ask-question')];
  const link = find<HTMLAnchorElement>('#ask-look');

  async function poll(): Promise<void> {
    if (document.hidden || !isIdle()) return;
    const answer = await request<{ asks: Ask[] }>('GET', '/phone/v1/asks', { patienceMs: pollPatienceMs });
    showConnection(answer);
    if (answer.ok) show(answer.body.asks[0] ?? null);
  }

  async function pollForever(): Promise<void> {
    try {
      await poll();
    } finally {
      later(pollMs, pollForever);
    }
  }

  /** Text changes only for another request, so that screen readers announce each one once. */
  function show(ask: Ask | null): void {
    const isNew = ask !== null && link.pathname !== `/q/ask/${ask.id}`;
    card.hidden = ask === null;
    if (!ask || !isNew) return;
    link.href = `/q/ask/${ask.id}`;
    title.textContent = fill(texts.asks.title, { client: ask.client.name });
    question.textContent = fill(texts.asks.question, { browser: ask.browser.name, system: ask.browser.system });
  }

  run(pollForever);
  // Timers are suspended while the phone is locked, so an unlocked phone polls immediately.
  listen(document, 'visibilitychange', poll);
}
