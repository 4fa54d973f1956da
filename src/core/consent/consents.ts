// Use-cases of consent: it is given, read, listed and withdrawn. Which scopes are ever kept, and when a
// consent answers a request, is left to oidc/held-consents.ts.
import type { Clock } from '../../clock.ts';
import { addConsent, type Consent, type GivenConsent, scopesIn } from './consent.ts';
import type { ConsentStore } from './consent-store.ts';

export type ConsentsDeps = { readonly store: ConsentStore; readonly clock: Clock };

export type Consents = ReturnType<typeof createConsents>;

/** `browserHash`: only what was granted in this browser counts; null: only what holds in every browser. */
export type ConsentPlace = Pick<GivenConsent, 'accountId' | 'clientId' | 'browserHash'>;

export function createConsents({ store, clock }: ConsentsDeps) {
  return {
    /** The scopes that were granted there and not withdrawn since. */
    async held({ accountId, clientId, browserHash }: ConsentPlace): Promise<readonly string[]> {
      const consent = await store.find(accountId, clientId);
      if (!consent) return [];
      return browserHash === null ? consent.scopes : scopesIn(consent, browserHash);
    },

    /** Adds scopes to the consent. Does nothing without scopes. */
    async give(place: ConsentPlace, scopes: readonly string[]): Promise<void> {
      if (scopes.length === 0) return;
      const given = { ...place, scopes, givenAt: clock() };
      await store.update(place.accountId, place.clientId, (current) => addConsent(current, given));
    },

    /** What the account granted, by client. */
    list: (accountId: string): Promise<Consent[]> => store.listByAccount(accountId),

    /**
     * Withdraws the consent to one client, or to all when `clientId` is null, in every browser. What was
     * issued already is revoked by the caller (oidc/grants.ts).
     * @returns the clients whose consent was withdrawn
     */
    async withdraw(accountId: string, clientId: string | null): Promise<string[]> {
      const clients =
        clientId === null ? (await store.listByAccount(accountId)).map((each) => each.clientId) : [clientId];
      const withdrawn = await Promise.all(clients.map((id) => store.delete(accountId, id)));
      return clients.filter((_id, index) => withdrawn[index]);
    },
  };
}
