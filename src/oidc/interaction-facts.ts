// What is known of a pending authorization request, as our own words for the library's record of it. Pure.
import type Provider from 'oidc-provider';
import type { Client } from '../core/client/client.ts';
import { requestedAcrOf } from './acr.ts';
import { claimScopesOf, subjectNamed } from './claims-parameter.ts';
import { phoneScope } from './client-metadata.ts';
import { addedPrompts } from './policy.ts';

export type Interaction = {
  readonly uid: string;
  /** The same in all steps of one authorization request. It joins their audit records. */
  readonly correlationId: string;
  readonly prompt: 'login' | 'consent';
  readonly client: Client;
  readonly redirectUri: string;
  /** With the claims that were asked for by name (claims-parameter.ts). */
  readonly scopes: readonly string[];
  /**
   * Whether the request ends with a device that may approve sign-ins. The person must then prove who they
   * are here; neither an approval by phone nor an older sign-in is enough.
   */
  readonly enrolsDevice: boolean;
  /** Whether the person must prove who they are again (`prompt=login`). */
  readonly isLoginForced: boolean;
  /** Whether the relying party asks for a new account (`prompt=create`). */
  readonly wantsSignUp: boolean;
  /** Whether the person must be asked for consent again (`prompt=consent`). */
  readonly isConsentForced: boolean;
  readonly maxAgeSeconds: number | null;
  /** The acceptable classes, best first; an empty list accepts every class (acr.ts). */
  readonly requestedAcr: readonly string[];
  /** The subject that the request names (claims-parameter.ts), as this client knows it; null for nobody. */
  readonly expectedSubject: string | null;
  readonly loginHint: string | null;
  readonly uiLocales: readonly string[];
  readonly sessionAccountId: string | null;
  readonly startedAt: number;
  readonly endsAt: number;
  /** Where the browser continues when this interaction has its result already (a reload, the back button). */
  readonly resumeLocation: string | null;
};

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/**
 * Names the prompts that a sign-in answers. The library would otherwise ask for them again without end
 * (policy.ts). A later consent keeps them, because results of one request are merged.
 */
export const answeredPrompts = ({ params }: Details): Record<string, object> =>
  Object.fromEntries(addedPrompts.filter((name) => words(params.prompt).includes(name)).map((name) => [name, {}]));

/** Characters of a `login_hint`: an email address has at most 254 (RFC 5321 §4.5.3.1.3). */
const maxHintLength = 254;

export function describeInteraction(details: Details, client: Client): Interaction {
  const { params, prompt } = details;
  const maxAge = params.max_age === undefined ? null : Number(params.max_age);
  return {
    uid: details.uid,
    correlationId: details.cid,
    prompt: prompt.name === 'consent' ? 'consent' : 'login',
    client,
    redirectUri: String(params.redirect_uri),
    scopes: [...words(params.scope), ...claimScopesOf(params.claims, words(params.scope))],
    enrolsDevice: words(params.scope).includes(phoneScope),
    isLoginForced: words(params.prompt).includes('login'),
    wantsSignUp: words(params.prompt).includes('create'),
    isConsentForced: words(params.prompt).includes('consent'),
    maxAgeSeconds: maxAge,
    requestedAcr: requestedAcrOf(params),
    expectedSubject: subjectNamed(params),
    loginHint: typeof params.login_hint === 'string' ? params.login_hint.slice(0, maxHintLength) : null,
    uiLocales: words(params.ui_locales),
    sessionAccountId: details.session?.accountId ?? null,
    startedAt: details.iat ?? 0,
    endsAt: details.exp,
    resumeLocation: details.result ? details.returnTo : null,
  };
}

const words = (value: unknown): string[] => (typeof value === 'string' && value !== '' ? value.split(' ') : []);
