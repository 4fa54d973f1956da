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
 * Returns the messages that the server wrote into the page for this script. `T` names the groups it ships.
 */
export const readTexts = <T>(selector = '#texts'): Shipped<T> =>
  JSON.parse(find(selector).textContent ?? '{}') as Shipped<T>;

/**
 * Sets the text of an element, shows it and brings it into view. An empty text or null hides the element.
 */
export function say(element: HTMLElement, text: string | null): void {
  element.textContent = text ?? '';
  element.hidden = !text;
  if (text) element.scrollIntoView({ block: 'nearest' });
}

/**
 * Brings a new step of the page into view: the page is at its top, and the heading has the focus and is
 * visible. `focus` alone is not enough: WebKit left what stands above the heading scrolled out of view.
 */
export function present(heading: HTMLElement): void {
  const show = () => {
    window.scrollTo(0, 0);
    const { top, bottom } = heading.getBoundingClientRect();
    if (top < 0 || bottom > window.innerHeight) heading.scrollIntoView({ block: 'start' });
  };
  heading.focus({ preventScroll: true });
  show();
  // Some engines scroll the focused element once more with their next layout.
  requestAnimationFrame(show);
}

/**
 * The name of an exception. Errors are recognised by it and not by their class: engines differ in the class
 * of the same error, such as `OverconstrainedError`.
 */
export const nameOf = (error: unknown): string => (error as { name?: string } | null)?.name ?? '';
