// Which links make accounts, by the configuration's word on it; and what a provider is called. Pure.
import type { LinkPurpose } from './link.ts';

/** What the configuration says of new accounts. */
export const signUpRules = ({ sign_up }: { readonly sign_up: 'closed' | 'invite' | 'open' }) => ({
  mayInvite: sign_up !== 'closed',
  isOff: (purpose: LinkPurpose): boolean =>
    (purpose === 'invitation' && sign_up === 'closed') || (purpose === 'sign_up' && sign_up !== 'open'),
});

/** What a provider is called, and no password is built of. */
export const siteNamesOf = (issuer: string): string[] => [new URL(issuer).hostname];
