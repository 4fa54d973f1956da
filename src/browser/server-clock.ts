// The server's clock as far as this page can know it: a phone whose own clock is off must still count down and sign proofs rightly.

const loadedAt = Number(document.documentElement.dataset.now) || Date.now() / 1000;
const measuredAt = performance.now();

/** Epoch seconds, with fractions. Never jumps when somebody sets the device's clock. */
export const serverNow = (): number => loadedAt + (performance.now() - measuredAt) / 1000;
