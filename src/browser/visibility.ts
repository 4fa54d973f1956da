// Waits until a person can see the page.
import { listen } from './handlers.ts';

/**
 * Resolves once a person can see the page. A prerendered page or a background tab must not claim a ticket,
 * because nobody has asked for it yet.
 */
export async function untilVisible(): Promise<void> {
  while (document.visibilityState !== 'visible' || isPrerendering()) {
    const type = isPrerendering() ? 'prerenderingchange' : 'visibilitychange';
    await new Promise((resolve) => listen(document, type as 'visibilitychange', resolve, { once: true }));
  }
}

const isPrerendering = (): boolean => 'prerendering' in document && document.prerendering === true;
