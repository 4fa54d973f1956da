// What the page of an app shows beside its fields: its kind, what it may be given, and what the phone will
// show of it.
import type { Account } from '../../../core/account/account.ts';
import { type Client, isLogoByClient, isPublic, logoPathOf } from '../../../core/client/client.ts';
import { entryOf } from '../../../core/client/client-entry.ts';
import { adminScopes } from '../../../core/client/client-schema.ts';
import { hostOf } from '../../../core/client/redirect-uri.ts';
import { profileOf } from '../../../core/client/security-profile.ts';
import { lengthOfTime } from '../../../i18n/durations.ts';
import { type Locale, messagesOf } from '../../../i18n/locale.ts';
import { describeScopes } from '../../../i18n/scopes.ts';
import type { Problem } from '../console-page.ts';
import { type ClientForm, peopleScopes } from './client-form.ts';
import { type Kind, kindOf, mayAddScreens, scopesBeyond, scopesToGive } from './client-kinds.ts';
import type { ClientPreview, ClientSettings, ClientView } from './clients-views.ts';

/** Lengths in seconds, where a client says nothing of its own. */
export type ProviderLifetimes = {
  readonly session_seconds: number;
  readonly access_token_seconds: number;
  readonly id_token_seconds: number;
  readonly refresh_token_seconds: number;
};

export type SettingsDeps = {
  readonly lifetimes: ProviderLifetimes;
  /** Whether confidential clients must use PKCE too (`security.require_pkce`). */
  readonly isPkceRequiredOfAll: boolean;
};

/** The form, and for whom it is shown. */
type Shown = {
  readonly locale: Locale;
  readonly account: Account;
  readonly form: ClientForm;
  readonly problems: readonly Problem[];
};

/** Which fields stand in which group. A group with a problem is shown open. */
const groups: Readonly<Record<string, readonly string[]>> = {
  basics: ['client_name', 'client_uri', 'policy_uri', 'tos_uri'],
  addresses: [
    'redirect_uris',
    'post_logout_redirect_uris',
    'backchannel_logout_uri',
    'cors_origins',
    'allow_insecure_redirects',
  ],
  asks: ['scope', 'grant_types', 'subject_type', 'sector_identifier_uri', 'first_party'],
  signIn: ['device_grant', 'device_code_seconds'],
  tokens: ['session_seconds', 'access_token_seconds', 'id_token_seconds', 'refresh_token_seconds', 'require_pkce'],
  proof: [
    'profile',
    'token_endpoint_auth_method',
    'jwks',
    'jwks_uri',
    'require_signed_request_object',
    'request_object_signing_alg',
  ],
};

/** The form's part of a view, for a new client as for an existing one. */
export function settingsBody(
  { lifetimes: provider, isPkceRequiredOfAll }: SettingsDeps,
  kind: Kind,
  { locale, account, form, problems }: Shown,
): ClientSettings {
  const wrong = new Set(problems.map(({ path }) => path.split('.')[0]));
  const isOpen = (name: string) => (groups[name] ?? []).some((field) => wrong.has(field));
  return {
    kind,
    form,
    problems,
    lifetimes: Object.fromEntries(Object.entries(provider).map(([name, each]) => [name, lengthOfTime(locale, each)])),
    isOpen: Object.fromEntries(Object.keys(groups).map((name) => [name, isOpen(name)])),
    scopes: describeScopes(peopleScopes, locale).map((each) => ({
      ...each,
      isMine: scopesBeyond(account, each.name).length === 0,
    })),
    mayAddScreens: mayAddScreens(account),
    isPkceFixed: isPkceRequiredOfAll || isPublic(form) || profileOf(form) !== 'none',
    profile: profileOf(form),
    machineScopes: adminScopes.map((name) => ({ name, isMine: scopesToGive(account).includes(name) })),
  };
}

/** The settings' part of an existing client's view. */
export function clientBody(
  deps: SettingsDeps,
  client: Client,
  shown: Shown,
): ClientSettings & Pick<ClientView, 'otherScopes' | 'logo' | 'isLogoByClient' | 'preview'> {
  const entry = entryOf(client);
  const known: readonly string[] = [...peopleScopes, ...adminScopes];
  const otherScopes = String(entry.scope ?? '')
    .split(' ')
    .filter((name) => name !== '' && !known.includes(name));
  return {
    ...settingsBody(deps, kindOf(entry), shown),
    otherScopes,
    logo: logoPathOf(client),
    isLogoByClient: isLogoByClient(client),
    preview: previewOf(client, shown.form, shown.locale),
  };
}

/** The phone's question as it would be now. The page's script keeps it so while fields change. */
function previewOf(client: Client, form: ClientForm, locale: Locale): ClientPreview {
  const { review } = messagesOf[locale];
  const [uri = ''] = (form.redirect_uris ?? '').split(/\s+/);
  const host = URL.canParse(uri) ? hostOf(uri) : '';
  return {
    name: form.client_name || client.id,
    logo: logoPathOf(client),
    host,
    hostText: client.registration ? review.selfRegistered : null,
  };
}
