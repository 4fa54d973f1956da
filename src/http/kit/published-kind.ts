// The value of `kind` in every published JSON document: what was signed in, or what waits to be signed in.
// The documents name a screen `device`; the code calls it a screen, because a device is a signed-in phone or
// browser.
export type PublishedKind = 'browser' | 'device';

/** @param isScreen true for a sign-in by the device grant (RFC 8628), false for a browser */
export const publishedKind = (isScreen: boolean): PublishedKind => (isScreen ? 'device' : 'browser');
