// Time as everything in Tessera sees it: whole seconds since the epoch, as in JWT (RFC 7519 §2). Injected, so tests can move it.

/** Returns the present instant in epoch seconds. */
export type Clock = () => number;

export const systemClock: Clock = () => Math.floor(Date.now() / 1000);
