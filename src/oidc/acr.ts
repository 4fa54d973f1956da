// Authentication context classes (protocol.md 6): which we know, which can be reached, and what a request for them means.

export const passwordAcr = 'urn:tessera:password';
/** Reached today, by password, phone, or this very device. */
export const reachableAcr = [passwordAcr, 'urn:tessera:qr', 'urn:tessera:device'] as const;
/** Known but not reachable yet: they need a passkey, and nothing less may stand in for it. */
const passkeyAcr = ['phr', 'urn:tessera:qr:verified'];

const reachable = new Set<string>(reachableAcr);
const known = new Set<string>([...reachableAcr, ...passkeyAcr]);

/** The classes of a request that mean something here; others are a voluntary wish (OIDC Core §3.1.2.1) that binds nobody. */
export const knownAcr = (acrValues: unknown): string[] =>
  typeof acrValues === 'string' ? acrValues.split(' ').filter((value) => known.has(value)) : [];

/** @param requested known classes; none means any will do. */
export const canSatisfyAcr = (requested: readonly string[]): boolean =>
  requested.length === 0 || requested.some((value) => reachable.has(value));
