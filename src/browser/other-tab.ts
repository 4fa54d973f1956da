// Continues a waiting page by itself when the person has signed in, or consented, in another tab. It asks
// the server when the page becomes visible, and when another tab reports an answer. The server decides by
// the rules of silent sign-on.
import { request } from './api.ts';
import { isDeparting, otherTabs, replaceBy } from './departure.ts';
import { later, listen } from './handlers.ts';

/** The answer counts when the other tab has followed its redirect, which takes a moment. */
const delaysMs = [500, 2000, 6000];

/**
 * @param base path of the interaction, `/interaction/<uid>`
 * @param onLeave runs just before the page navigates
 */
export function followOtherTabs(base: string, onLeave: () => void = () => {}): void {
  let isAsking = false;

  async function ask(): Promise<void> {
    if (document.hidden || isAsking || isDeparting()) return;
    isAsking = true;
    const answer = await request<{ continues: boolean }>('GET', `${base}/session${location.search}`);
    isAsking = false;
    if (isDeparting()) return;
    const isGone = !answer.ok && answer.status === 404;
    if (!isGone && !(answer.ok && answer.body.continues)) return;
    onLeave();
    // The server's page continues, or says that the sign-in has ended.
    await replaceBy(base);
  }

  listen(document, 'visibilitychange', ask);
  listen(window, 'focus', ask);
  if (!otherTabs) return;
  listen(otherTabs, 'message', () => {
    for (const delay of delaysMs) later(delay, ask);
  });
}
