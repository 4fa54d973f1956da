// Which links may create accounts under the configuration's `sign_up`, and the names of this provider. Pure.
import type { LinkPurpose } from './link.ts';

/** `isOff`: links of this purpose are refused under the present configuration. */
export const signUpRules = ({ sign_up }: { readonly sign_up: 'closed' | 'invite' | 'open' }) => ({
  mayInvite: sign_up !== 'closed',
  isOff: (purpose: LinkPurpose): boolean =>
    (purpose === 'invitation' && sign_up === 'closed') || (purpose === 'sign_up' && sign_up !== 'open'),
});

/** Names of this provider. A password that contains one is rejected. */
export const siteNamesOf = (issuer: string): string[] => [new URL(issuer).hostname];
