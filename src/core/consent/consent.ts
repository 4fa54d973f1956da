// What the owner of an account granted a client, beyond the session in which it was asked for (OIDC Core
// §3.1.2.4). Pure. Which request a consent answers is left to oidc/held-consents.ts.

/** A consent that holds in one browser only (RFC 8252 §8.6). */
export type BrowserConsent = {
  /** Digest of the browser cookie. */
  readonly browserHash: string;
  readonly scopes: readonly string[];
  /** Epoch seconds of the latest consent in this browser. */
  readonly givenAt: number;
};

/** It has no end: it holds until it is withdrawn, or until the account or the client is deleted. */
export type Consent = {
  readonly accountId: string;
  readonly clientId: string;
  /** Scopes that hold in every browser. */
  readonly scopes: readonly string[];
  /** Scopes that hold in one browser each, the latest consent first. */
  readonly browsers: readonly BrowserConsent[];
  /** Epoch seconds of the first consent. */
  readonly givenAt: number;
};

/** One act of consent. `browserHash` is null when it holds in every browser. */
export type GivenConsent = Pick<Consent, 'accountId' | 'clientId' | 'scopes' | 'givenAt'> & {
  readonly browserHash: string | null;
};

/** Browsers that one consent remembers. A browser beyond that is asked again. */
const maxBrowsers = 50;

/** Adds what was granted now to what was granted before. A consent never takes a scope away. */
export function addConsent(current: Consent | null, given: GivenConsent): Consent {
  const { accountId, clientId, scopes, givenAt, browserHash } = given;
  const before = current ?? { accountId, clientId, scopes: [], browsers: [], givenAt };
  if (browserHash === null) return { ...before, scopes: union(before.scopes, scopes) };
  const ofBrowser = union(scopesIn(before, browserHash), scopes);
  const others = before.browsers.filter((each) => each.browserHash !== browserHash);
  return {
    ...before,
    browsers: [{ browserHash, scopes: ofBrowser, givenAt }, ...others].slice(0, maxBrowsers),
  };
}

/** Scopes of a consent that holds in this browser only. */
export const scopesIn = ({ browsers }: Pick<Consent, 'browsers'>, browserHash: string): readonly string[] =>
  browsers.find((each) => each.browserHash === browserHash)?.scopes ?? [];

/** Every scope of the consent, wherever it holds. */
export const allScopes = ({ scopes, browsers }: Consent): readonly string[] =>
  browsers.reduce((all: readonly string[], each) => union(all, each.scopes), scopes);

const union = (one: readonly string[], other: readonly string[]): string[] => [...new Set([...one, ...other])];
