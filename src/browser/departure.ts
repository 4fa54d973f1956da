// Every navigation that a script starts. A navigation can hang like a request, so the page says so after ten
// seconds and offers a link. It also tells the other tabs of this browser that wait (other-tab.ts).
import { pause } from './handlers.ts';
import { showNotice } from './notice-box.ts';
import { pageWords } from './page-words.ts';

/**
 * The channel between the tabs. A message has no content: it says that something was answered. A channel
 * never hears its own messages, so a page has only this one. Null in a browser without channels.
 */
export const otherTabs: BroadcastChannel | null =
  'BroadcastChannel' in window ? new BroadcastChannel('tessera-sign-in') : null;

/** A page that is still here after this time says that it waits. */
const patienceMs = 10_000;

let isDeparted = false;

/**
 * Whether this page is on its way to where the interaction continues. Until a slow app answers, the page
 * stays and its timers run, but another navigation would lose the answer.
 */
export const isDeparting = (): boolean => isDeparted;

/** Navigates to where the interaction continues. @returns as `goTo` */
export function departTo(address: string): Promise<void> {
  isDeparted = true;
  otherTabs?.postMessage(null);
  return goTo(address);
}

/** Navigates. The promise resolves only if the page is still here after ten seconds. */
export function goTo(address: string): Promise<void> {
  location.assign(address);
  return sayWhenSlow(address);
}

/** As `goTo`, and Back does not return to this page. */
export function replaceBy(address: string): Promise<void> {
  location.replace(address);
  return sayWhenSlow(address);
}

/** Loads the page again. @returns as `goTo` */
export function reload(): Promise<void> {
  location.reload();
  return sayWhenSlow(location.pathname + location.search);
}

/** Sends a form as the browser does, without its `submit` event. @returns as `goTo` */
export function sendForm(form: HTMLFormElement): Promise<void> {
  form.submit();
  return sayWhenSlow(null);
}

/** Sends a form whose answer is a file, so the page stays. */
export const download = (form: HTMLFormElement): void => form.submit();

async function sayWhenSlow(href: string | null): Promise<void> {
  await pause(patienceMs);
  const { slow, goOn } = pageWords.page.problems;
  showNotice(slow, href === null ? null : { label: goOn, href });
}
