// The few moves every page script makes on its document. Texts come with the page, in its language.
import type { Shipped } from '../i18n/messages.ts';

/** @throws when the template lacks it: a mistake of ours, found by the first test that opens the page. */
export function find<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T {
  const element = root.querySelector<T>(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element;
}

/** The messages that the server wrote into the page for this script. */
export const readTexts = <T>(): Shipped<T> => JSON.parse(find('#texts').textContent ?? '{}') as Shipped<T>;

/** Shows an element with this text, or hides it. */
export function say(element: HTMLElement, text: string | null): void {
  element.textContent = text ?? '';
  element.hidden = !text;
}

/** Resolves once a person can see the page: not while it is prerendered or in the background. */
export async function untilVisible(): Promise<void> {
  while (document.visibilityState !== 'visible' || isPrerendering()) {
    const type = isPrerendering() ? 'prerenderingchange' : 'visibilitychange';
    await new Promise((resolve) => document.addEventListener(type, resolve, { once: true }));
  }
}

const isPrerendering = (): boolean => 'prerendering' in document && document.prerendering === true;
