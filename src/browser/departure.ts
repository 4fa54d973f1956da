// Leaves a page of the sign-in when it has its answer, and tells the other tabs of this browser that wait
// (other-tab.ts).

/** Name of the channel between the tabs. A message has no content: it says that something was answered. */
export const channelName = 'tessera-sign-in';

/** Navigates to where the interaction continues. */
export function departTo(address: string): void {
  new BroadcastChannel(channelName).postMessage(null);
  location.assign(address);
}
