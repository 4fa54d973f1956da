// Time everywhere in Tessera: whole seconds since the epoch, as in JWT (RFC 7519 §2). The clock is
// injected, so that tests can move it.

/** Returns the present time in epoch seconds. */
export type Clock = () => number;

/** The clock of this machine. Only the composition root and commands use it. */
export const systemClock: Clock = () => Math.floor(Date.now() / 1000);
