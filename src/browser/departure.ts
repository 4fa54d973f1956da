// Leaves a page of the sign-in when it has its answer, and tells the other tabs of this browser that wait
// (other-tab.ts).

/**
 * The channel between the tabs. A message has no content: it says that something was answered. A channel
 * never hears its own messages, so a page has only this one.
 */
export const otherTabs = new BroadcastChannel('tessera-sign-in');

let isDeparted = false;

/**
 * Whether this page is on its way to where the interaction continues. Until a slow app answers, the page
 * stays and its timers run, but another navigation would lose the answer.
 */
export const isDeparting = (): boolean => isDeparted;

/** Navigates to where the interaction continues. */
export function departTo(address: string): void {
  isDeparted = true;
  otherTabs.postMessage(null);
  location.assign(address);
}
