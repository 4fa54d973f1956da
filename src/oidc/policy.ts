// When a request needs an interaction, beyond the library's own rules: the account is gone, the session
// counts for another client only, it is too old, or it lacks the requested class.
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../clock.ts';
import type { Client } from '../core/client/client.ts';
import { passkeyAcr, passwordAcr, requestedAcrOf } from './acr.ts';
import { phoneScope } from './client-metadata.ts';
import { ownSettingsOf } from './client-settings.ts';
import { consoleClientId } from './own-client.ts';

export type PolicyDeps = {
  readonly clock: Clock;
  /** Null for an unknown or disabled account. */
  readonly findAccount: (id: string) => Promise<object | null>;
  readonly findClient: (id: string) => Promise<Client | null>;
};

const { Check, Prompt } = interactionPolicy;

/**
 * Values of `prompt` beside those of the library: OIDC Core §3.1.2.1, and Initiating User Registration via
 * OpenID Connect 1.0 §4. The library keeps each of them pending until the interaction's result has a member
 * of this name (interaction.ts).
 */
export const addedPrompts = ['create', 'select_account'] as const;
/** Every value of `prompt` that a request may have. */
export const promptValues = ['none', 'login', 'consent', ...addedPrompts] as const;

export function createPolicy({ clock, findAccount, findClient }: PolicyDeps): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  // They come before `login`, so that a browser that is signed in already gets a page too.
  for (const [index, name] of addedPrompts.entries()) policy.add(new Prompt({ name, requestable: true }), index);
  // Native clients are asked for consent once per browser, and not each time (load-grant.ts; RFC 8252 §8.6).
  policy.get('consent')?.checks.remove('native_client_prompt');
  const login = policy.get('login');
  login?.checks.add(
    new Check('account_gone', 'the account cannot sign in any more', 'login_required', async ({ oidc }) =>
      oidc.session?.accountId ? (await findAccount(oidc.session.accountId)) === null : Check.NO_NEED_TO_PROMPT,
    ),
  );
  login?.checks.add(
    new Check('session_of_other_client', 'the session is for another client', 'login_required', ({ oidc }) =>
      isForOtherClient(oidc),
    ),
  );
  login?.checks.add(
    new Check('session_too_old', 'the sign-in is too old for this client', 'login_required', ({ oidc }) =>
      isTooOld(oidc, clock()),
    ),
  );
  login?.checks.add(
    new Check('acr_unmet', 'the session lacks the requested acr', 'login_required', ({ oidc }) => lacksAcr(oidc)),
  );
  login?.checks.add(
    new Check('passkey_only', 'the client takes passkeys only', 'login_required', async ({ oidc }) =>
      lacksPasskey(oidc, findClient),
    ),
  );
  login?.checks.add(
    new Check('device_enrolment', 'a device is enrolled by the person only', 'login_required', ({ oidc }) =>
      enrolsWithoutPerson(oidc),
    ),
  );
  return policy;
}

type Oidc = KoaContextWithOIDC['oidc'];

/**
 * Whether the session counts for another client only. A browser that was signed in by phone and is not
 * trusted gets no single sign-on into other clients (protocol.md section 7, security.md B17). No session
 * counts for the console.
 */
export function isForOtherClient({ session, client, result }: Oidc): boolean {
  if (!session?.accountId || !client || result?.login) return Check.NO_NEED_TO_PROMPT;
  const isMinimal = session.transient === true && /^urn:tessera:(qr|device)/.test(String(session.acr));
  const isForItself = isMinimal || client.clientId === consoleClientId;
  return isForItself && !session.authorizations?.[client.clientId]?.sid;
}

/**
 * `session_seconds` counts from the sign-in in this browser, by whichever way; `max_age` counts from the
 * last proof of the person.
 */
function isTooOld({ session, client, result }: Oidc, now: number): boolean {
  const { sessionSeconds } = ownSettingsOf(client);
  if (!session?.accountId || sessionSeconds === undefined || result?.login) return Check.NO_NEED_TO_PROMPT;
  return now - (session.iat ?? 0) >= sessionSeconds;
}

/**
 * A session from a QR code never enrols a device, and an app with the phone scope is one (protocol.md
 * section 7).
 */
function enrolsWithoutPerson({ session, params, result }: Oidc): boolean {
  const enrols = String(params?.scope ?? '')
    .split(' ')
    .includes(phoneScope);
  if (!enrols || !session?.accountId || result?.login) return Check.NO_NEED_TO_PROMPT;
  return session.acr !== passwordAcr && session.acr !== passkeyAcr;
}

function lacksAcr({ session, params, result }: Oidc): boolean {
  if (!session?.accountId || result?.login) return Check.NO_NEED_TO_PROMPT;
  const requested = requestedAcrOf(params ?? {});
  return requested.length > 0 && !requested.includes(String(session.acr));
}

/**
 * A session that began in another way, at any client, does not satisfy a client that takes passkeys only.
 */
async function lacksPasskey({ session, client, result }: Oidc, findClient: PolicyDeps['findClient']): Promise<boolean> {
  if (!session?.accountId || !client || result?.login) return Check.NO_NEED_TO_PROMPT;
  return session.acr !== passkeyAcr && (await findClient(client.clientId))?.qr.sign_in === 'passkey';
}
