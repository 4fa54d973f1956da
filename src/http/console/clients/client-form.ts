// Translates between a client's settings and the fields of the console's form. A form changes what its reader
// changed, and nothing else: what is sent is compared with what was shown.
// So a setting that was made by other means, and has no field here, stays as it is.
import { defaultQrPolicy } from '../../../core/client/client.ts';
import { adminScopes } from '../../../core/client/client-schema.ts';
import { fapiDefaultSignature, profileOf } from '../../../core/client/security-profile.ts';
import { isNestedTooDeeply } from '../../../json-nesting.ts';
import { defaultsOf, type Kind } from './client-kinds.ts';

/** The text of every field by its name. A box that is ticked says `yes`. */
export type ClientForm = Readonly<Record<string, string>>;
type Entry = Readonly<Record<string, unknown>>;
type Submitted = ReadonlyMap<string, string>;

/** How one or more fields represent one setting. `write` returns null for the default. */
type Field = {
  readonly setting: string;
  readonly names: readonly string[];
  readonly isBox: boolean;
  readonly read: (entry: Entry, name: string) => string;
  readonly write: (form: ClientForm, entry: Entry) => unknown;
};

const lines = (text = ''): string[] => text.split(/\s+/).filter(Boolean);
const box = (isTicked: boolean): string => (isTicked ? 'yes' : '');
const wordsOf = (value: unknown): string[] => (typeof value === 'string' ? value.split(' ').filter(Boolean) : []);
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const one = (setting: string, parts: Pick<Field, 'read' | 'write'>, isBox = false): Field => ({
  setting,
  names: [setting],
  isBox,
  ...parts,
});
/** A single text. */
const text = (setting: string): Field =>
  one(setting, { read: (entry) => String(entry[setting] ?? ''), write: (form) => form[setting]?.trim() || null });
/** A list, one entry per line. */
const list = (setting: string): Field =>
  one(setting, {
    read: (entry) => listOf(entry[setting]).join('\n'),
    write: (form) => (lines(form[setting]).length > 0 ? lines(form[setting]) : null),
  });
/** One of several values. @param usual the value where the client says nothing */
const choice = (setting: string, usual: string): Field =>
  one(setting, { read: (entry) => String(entry[setting] ?? usual), write: (form) => form[setting] || null });
/** A box. */
const flag = (setting: string): Field =>
  one(setting, { read: (entry) => box(entry[setting] === true), write: (form) => form[setting] === 'yes' }, true);
/** One of several values, or `any`, which leaves the setting out. */
const optionalChoice = (setting: string): Field =>
  one(setting, {
    read: (entry) => String(entry[setting] ?? 'any'),
    write: (form) => (form[setting] === 'any' ? null : form[setting] || null),
  });
/** An algorithm of our signatures. Its default depends on the profile. */
const signature = (setting: string): Field =>
  one(setting, {
    read: (entry) => String(entry[setting] ?? (profileOf(entry) === 'none' ? 'RS256' : fapiDefaultSignature)),
    write: (form) => form[setting] || null,
  });
/** A box that a profile ticks. With a profile an unticked one is left out, because `false` contradicts it. */
const profileFlag = (setting: string): Field =>
  one(
    setting,
    {
      read: (entry) => box(entry[setting] === true),
      write: (form) => form[setting] === 'yes' || (profileOf(form) === 'none' ? false : null),
    },
    true,
  );
/** A number of seconds. Text that is no number is passed on, and refused when it is saved. */
const seconds = (setting: string): Field =>
  one(setting, {
    read: (entry) => String(entry[setting] ?? ''),
    write: (form) =>
      /^\d{1,12}$/.test(form[setting]?.trim() ?? '') ? Number(form[setting]) : form[setting]?.trim() || null,
  });

/** Not ticked, it is left to the provider: `false` would be refused of a public client. */
const requirePkce: Field = one(
  'require_pkce',
  {
    read: (entry) => box(entry.require_pkce === true),
    write: (form) => (form.require_pkce === 'yes' ? true : null),
  },
  true,
);

const defaultGrants = ['authorization_code'];
const grants = (entry: Entry): string[] =>
  entry.grant_types === undefined ? defaultGrants : listOf(entry.grant_types);

/** Whether the client gets refresh tokens. Other grant types stay as they are. */
const refresh: Field = one(
  'grant_types',
  {
    read: (entry) => box(grants(entry).includes('refresh_token')),
    write: (form, entry) => [
      ...grants(entry).filter((grant) => grant !== 'refresh_token'),
      ...(form.grant_types === 'yes' ? ['refresh_token'] : []),
    ],
  },
  true,
);

/** Scopes that have a box. Other scopes of a client are kept. */
export const peopleScopes = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access', 'approve'] as const;
const ownBox = (name: string): string => `scope.${name}`;

/**
 * The scopes of a client. One that names none may ask for all of OpenID Connect (OIDC Registration §2 leaves
 * it to the provider).
 */
const scopesOf = (entry: Entry): string[] =>
  entry.scope === undefined ? peopleScopes.filter((name) => name !== 'approve') : wordsOf(entry.scope);

/** One box per scope. */
const scope: Field = {
  setting: 'scope',
  names: [...peopleScopes, ...adminScopes].map(ownBox),
  isBox: true,
  read: (entry, name) => box(scopesOf(entry).includes(name.slice('scope.'.length))),
  write: (form, entry) => {
    const known: readonly string[] = [...peopleScopes, ...adminScopes];
    const ticked = known.filter((name) => form[ownBox(name)] === 'yes');
    return [...ticked, ...scopesOf(entry).filter((name) => !known.includes(name))].join(' ');
  },
};

/** A set of keys as JSON (RFC 7517 §5). */
const jwks: Field = one('jwks', {
  read: (entry) => (entry.jwks === undefined ? '' : JSON.stringify(entry.jwks, null, 2)),
  write: (form) => {
    const written = form.jwks?.trim() ?? '';
    if (written === '') return null;
    // Saving refuses a text with a sentence about sets of keys.
    if (isNestedTooDeeply(written)) return written;
    try {
      return JSON.parse(written);
    } catch {
      return written;
    }
  },
});

const fields: readonly Field[] = [
  ...['client_name', 'client_uri', 'policy_uri', 'tos_uri'].map(text),
  ...['redirect_uris', 'post_logout_redirect_uris', 'cors_origins'].map(list),
  text('backchannel_logout_uri'),
  flag('backchannel_logout_session_required'),
  scope,
  refresh,
  choice('subject_type', 'public'),
  text('sector_identifier_uri'),
  flag('first_party'),
  ...Object.entries(defaultQrPolicy).map(([name, usual]) => choice(name, usual)),
  ...['session_seconds', 'access_token_seconds', 'id_token_seconds', 'refresh_token_seconds'].map(seconds),
  signature('id_token_signed_response_alg'),
  signature('authorization_signed_response_alg'),
  choice('id_token_claims', 'scopes'),
  flag('device_grant'),
  flag('allow_insecure_redirects'),
  seconds('device_code_seconds'),
  profileFlag('dpop_bound_access_tokens'),
  profileFlag('require_pushed_authorization_requests'),
  requirePkce,
  choice('profile', 'none'),
  choice('token_endpoint_auth_method', 'client_secret_basic'),
  optionalChoice('request_object_signing_alg'),
  profileFlag('require_signed_request_object'),
  jwks,
  text('jwks_uri'),
];

/** The form that shows these settings. */
export const formOf = (entry: Entry): ClientForm =>
  Object.fromEntries(fields.flatMap(({ names, read }) => names.map((name) => [name, read(entry, name)])));

/**
 * The form as it was sent. Browsers send nothing for a box that is not ticked, so `boxes` names those that
 * were shown.
 */
export function formSent(shown: ClientForm, sent: Submitted): ClientForm {
  const boxes = wordsOf(sent.get('boxes'));
  const sentOf = ({ isBox }: Field, name: string): string | undefined =>
    isBox ? (boxes.includes(name) ? box(sent.has(name)) : undefined) : sent.get(name);
  const given = fields.flatMap((field) => field.names.map((name) => [name, sentOf(field, name) ?? shown[name] ?? '']));
  return Object.fromEntries(given);
}

/** Fields that the form of a new machine does not have. */
const ofPeople = ['redirect_uris', 'first_party'];
const ofCodes = ofPeople;

/** The settings that were changed in the form, as Clients.update takes them. */
export function patchOf(entry: Entry, sent: Submitted): Record<string, unknown> {
  const shown = formOf(entry);
  const form = formSent(shown, sent);
  const changed = fields.filter(
    ({ write }) => JSON.stringify(write(form, entry)) !== JSON.stringify(write(shown, entry)),
  );
  return Object.fromEntries(changed.map(({ setting, write }) => [setting, write(form, entry)]));
}

/**
 * A new client: the defaults of its kind, and what was filled in of that kind's fields. A form without style
 * shows the fields of all kinds.
 */
export function inputOf(kind: Kind, sent: Submitted): Record<string, unknown> {
  const isAsked = (name: string) => {
    if (kind === 'machine') return !ofPeople.includes(name);
    return !name.startsWith('scope.') && !(kind === 'screen' && ofCodes.includes(name));
  };
  const defaults = defaultsOf[kind];
  const asked = new Map([...sent].filter(([name]) => isAsked(name)));
  const given = Object.entries({ ...defaults, ...patchOf(defaults, asked) }).filter(([, value]) => value !== null);
  // People decide by the name, so leaving it out is a mistake here, though not in a program.
  return { client_name: '', ...Object.fromEntries(given) };
}
