// How consent that was given before answers an authorization request (OIDC Core §3.1.2.4; protocol.md
// section 7). What was given is kept by core/consent. Whether the session may be used at all is left to
// policy.ts.
import type { IncomingMessage } from 'node:http';
import { type Client, isPublic } from '../core/client/client.ts';
import { ownScopes } from '../core/client/client-schema.ts';
import { isOfAnyProgram } from '../core/client/redirect-uri.ts';
import type { Consents } from '../core/consent/consents.ts';

export type HeldConsentsDeps = {
  readonly consents: Consents;
  /** Digest of the browser cookie; null where there is none yet. */
  readonly browserHashOf: (req: IncomingMessage) => string | null;
};

/** One authorization request of a client, by an account. */
export type ConsentRequest = {
  readonly req: IncomingMessage;
  readonly client: Client;
  readonly redirectUri: string;
  readonly accountId: string;
};

export type HeldConsents = ReturnType<typeof createHeldConsents>;

/**
 * Scopes that are asked for each time: they enrol a device, reach administration, or let the client act
 * while nobody is there (OIDC Core §11).
 */
const neverHeld: readonly string[] = [...ownScopes, 'offline_access'];

/**
 * Whether other programs could pretend to be this client, so that a consent to it holds in one browser only
 * (RFC 8252 §8.6). A first-party client counts when it is an installed app; its pages on this machine are
 * under development.
 */
export const isImitable = ({ metadata, firstParty }: Client, redirectUri: string): boolean =>
  isPublic(metadata) && isOfAnyProgram(redirectUri) && (!firstParty || metadata.application_type === 'native');

export function createHeldConsents({ consents, browserHashOf }: HeldConsentsDeps) {
  /** Null: the consent would be for one browser, and this one cannot be recognised. */
  function placeOf({ req, client, redirectUri, accountId }: ConsentRequest) {
    const isImitated = isImitable(client, redirectUri);
    const browserHash = isImitated ? browserHashOf(req) : null;
    return isImitated && browserHash === null ? null : { accountId, clientId: client.id, browserHash };
  }

  return {
    /** Scopes that this account granted the client before, as far as they count in this browser. */
    async scopesOf(request: ConsentRequest): Promise<readonly string[]> {
      const place = placeOf(request);
      return place ? consents.held(place) : [];
    },

    /** Keeps what was granted now. Some scopes are never kept, and nothing where nobody is asked. */
    async keep(request: ConsentRequest, scopes: readonly string[]): Promise<void> {
      const place = placeOf(request);
      const isAsked = !request.client.firstParty || isImitable(request.client, request.redirectUri);
      if (!place || !isAsked) return;
      await consents.give(
        place,
        scopes.filter((scope) => !neverHeld.includes(scope)),
      );
    },
  };
}
