// The server's clock, estimated in the page. A phone whose clock is wrong must still count down correctly
// and sign DPoP proofs whose `iat` the server accepts.

// The server writes its time into the page. It is older than the truth by the time of the transfer.

const loadedAt = Number(document.documentElement.dataset.now) || Date.now() / 1000;
const measuredAt = performance.now();

/** Returns epoch seconds with fractions. Does not jump when somebody changes the clock of the phone. */
export const serverNow = (): number => loadedAt + (performance.now() - measuredAt) / 1000;
