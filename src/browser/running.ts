// Tells the small script of the plain page (plain.ts) that the module of this page runs. Every entry ends
// with this call, so an exception at its start counts as not running.

/** The plain page is hidden from now on, even if it was shown already. */
export function reportRunning(): void {
  document.documentElement.dataset.runs = '';
  document.dispatchEvent(new Event('tessera-runs'));
}
