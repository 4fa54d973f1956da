// DOM functions that every page script uses. The server writes all texts into the page, in the page's
// language, so no script contains words for people.
import type { Shipped } from '../i18n/messages.ts';

/**
 * Returns the first element that matches.
 *
 * @throws Error when there is none: the template and the script disagree, which is a bug
 */
export function find<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Returns the messages that the server wrote into `#texts` for this script. `T` names the groups it ships.
 */
export const readTexts = <T>(): Shipped<T> => JSON.parse(find('#texts').textContent ?? '{}') as Shipped<T>;

/** Sets the text of an element and shows it. An empty text or null hides the element. */
export function say(element: HTMLElement, text: string | null): void {
  element.textContent = text ?? '';
  element.hidden = !text;
}

/**
 * Resolves once a person can see the page. A prerendered page or a background tab must not claim a ticket,
 * because nobody has asked for it yet.
 */
export async function untilVisible(): Promise<void> {
  while (document.visibilityState !== 'visible' || isPrerendering()) {
    const type = isPrerendering() ? 'prerenderingchange' : 'visibilitychange';
    await new Promise((resolve) => document.addEventListener(type, resolve, { once: true }));
  }
}

const isPrerendering = (): boolean => 'prerendering' in document && document.prerendering === true;
