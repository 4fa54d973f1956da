// The id_token_hint rule of interactions.finish() and interactions.consent(), with a provider in code:
// nothing is granted to another account than the named one, for public and pairwise subjects (OIDC Core
// §3.1.2.2, §8).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createInteractions, type Interaction, type InteractionDeps, type Login } from '../../src/oidc/interaction.ts';

const req = {} as IncomingMessage;
const res = {} as ServerResponse;

/** @returns the interactions, and what they wrote: `granted` accounts and the results of the interaction. */
function setUp(subjectType: 'public' | 'pairwise') {
  const results: unknown[] = [];
  const granted: string[] = [];
  class Grant {
    readonly accountId: string;
    constructor({ accountId }: { accountId: string }) {
      this.accountId = accountId;
    }
    addOIDCScope() {}
    rejectOIDCScope() {}
    async save() {
      granted.push(this.accountId);
      return 'grant-1';
    }
  }
  const provider = {
    Grant,
    Client: { find: async () => ({ subjectType, sectorIdentifier: 'shop.example' }) },
    interactionDetails: async () => ({ params: {} }),
    async interactionResult(_req: unknown, _res: unknown, result: unknown) {
      results.push(result);
      return '/auth/resume';
    },
  };
  const interactions = createInteractions({
    provider: () => provider as unknown as ReturnType<InteractionDeps['provider']>,
    issuer: 'https://id.example',
    findClient: async () => null,
    pairwiseSubject: (accountId, sector) => `${accountId}@${sector}`,
    finishingBrowser: { secretOf: () => null, mark: () => ({ browser: 'this one' }) },
    keptReturns: { isKept: async () => false },
    isAnswered: async () => false,
    heldConsents: { scopesOf: async () => [], keep: async () => undefined },
    isSessionAlive: async () => true,
  });
  return { interactions, results, granted };
}

const interactionWith = (expectedSubject: string | null) =>
  ({ client: { id: 'shop', firstParty: false }, scopes: ['openid'], expectedSubject }) as unknown as Interaction;

const login = (accountId: string, scopes: Login['scopes']): Login => ({
  accountId,
  acr: 'urn:tessera:password',
  amr: ['pwd'],
  authenticatedAt: 1,
  remember: false,
  scopes,
});

const refused = { error: 'login_required', error_description: expect.any(String) };

describe.each<[subjectType: 'public' | 'pairwise', subject: string | null, accountId: string, isExpected: boolean]>([
  ['public', null, 'alice', true],
  ['public', 'alice', 'alice', true],
  ['public', 'alice', 'bob', false],
  ['public', '', 'alice', false],
  ['pairwise', null, 'alice', true],
  ['pairwise', 'alice@shop.example', 'alice', true],
  ['pairwise', 'alice@shop.example', 'bob', false],
  ['pairwise', 'alice', 'alice', false],
])('A13 a %s client whose hint names %s, and %s signs in', (subjectType, subject, accountId, isExpected) => {
  it.each([[['openid']], [null]])(
    `finish() with the scopes %s: ${isExpected ? 'a login' : 'refused'}`,
    async (scopes) => {
      const { interactions, results, granted } = setUp(subjectType);
      await interactions.finish(req, res, interactionWith(subject), login(accountId, scopes));
      expect(results).toEqual([
        isExpected ? expect.objectContaining({ login: expect.anything() }) : { ...refused, browser: 'this one' },
      ]);
      expect(granted).toEqual(isExpected && scopes ? [accountId] : []);
    },
  );

  it(`consent(): ${isExpected ? 'granted' : 'refused'}`, async () => {
    const { interactions, results, granted } = setUp(subjectType);
    await interactions.consent(req, res, interactionWith(subject), accountId);
    expect(results).toEqual([
      isExpected ? { consent: { grantId: 'grant-1' }, browser: 'this one' } : { ...refused, browser: 'this one' },
    ]);
    expect(granted).toEqual(isExpected ? [accountId] : []);
  });
});
