// Between a client's settings and the fields of the console's form. A form changes what its reader changed and nothing else: what is
// submitted is held against what was shown, so whatever was set by other means, and has no field here, stays as it is.
import { defaultQrPolicy } from '../../../core/client/client.ts';
import { adminScopes } from '../../../core/client/client-schema.ts';
import { defaultsOf, type Kind } from './client-kinds.ts';

/** Every field's text by its name; a box that is ticked says `yes`. */
export type ClientForm = Readonly<Record<string, string>>;
type Entry = Readonly<Record<string, unknown>>;
type Submitted = ReadonlyMap<string, string>;

/** How one or more fields stand for one setting. `write` returns null for the default. */
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
const text = (setting: string): Field =>
  one(setting, { read: (entry) => String(entry[setting] ?? ''), write: (form) => form[setting]?.trim() || null });
const list = (setting: string): Field =>
  one(setting, {
    read: (entry) => listOf(entry[setting]).join('\n'),
    write: (form) => (lines(form[setting]).length > 0 ? lines(form[setting]) : null),
  });
const choice = (setting: string, usual: string): Field =>
  one(setting, { read: (entry) => String(entry[setting] ?? usual), write: (form) => form[setting] || null });
const flag = (setting: string): Field =>
  one(setting, { read: (entry) => box(entry[setting] === true), write: (form) => form[setting] === 'yes' }, true);
/** What is no number goes to the judge as it is, who says so. */
const seconds = (setting: string): Field =>
  one(setting, {
    read: (entry) => String(entry[setting] ?? ''),
    write: (form) =>
      /^\d{1,12}$/.test(form[setting]?.trim() ?? '') ? Number(form[setting]) : form[setting]?.trim() || null,
  });

const defaultGrants = ['authorization_code'];
const grants = (entry: Entry): string[] =>
  entry.grant_types === undefined ? defaultGrants : listOf(entry.grant_types);

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

/** Scopes with a box of their own; others that were given by other means are kept. */
export const peopleScopes = ['openid', 'profile', 'email', 'phone', 'address', 'offline_access', 'approve'] as const;
const ownBox = (name: string): string => `scope.${name}`;

/** Who says nothing may ask for everything of OpenID Connect (OIDC Registration §2 leaves it to the provider). */
const scopesOf = (entry: Entry): string[] =>
  entry.scope === undefined ? peopleScopes.filter((name) => name !== 'approve') : wordsOf(entry.scope);

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

const jwks: Field = one('jwks', {
  read: (entry) => (entry.jwks === undefined ? '' : JSON.stringify(entry.jwks, null, 2)),
  write: (form) => {
    const written = form.jwks?.trim() ?? '';
    if (written === '') return null;
    try {
      return JSON.parse(written);
    } catch {
      // The judge says that a set of keys is something else.
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
  choice('id_token_signed_response_alg', 'RS256'),
  flag('device_grant'),
  seconds('device_code_seconds'),
  flag('dpop_bound_access_tokens'),
  flag('require_pushed_authorization_requests'),
  choice('token_endpoint_auth_method', 'client_secret_basic'),
  jwks,
  text('jwks_uri'),
];

/** The form as it shows these settings. */
export const formOf = (entry: Entry): ClientForm =>
  Object.fromEntries(fields.flatMap(({ names, read }) => names.map((name) => [name, read(entry, name)])));

/** The form as it was sent. A browser says nothing of a box that is not ticked, so `boxes` names those that were shown. */
export function formSent(shown: ClientForm, sent: Submitted): ClientForm {
  const boxes = wordsOf(sent.get('boxes'));
  const sentOf = ({ isBox }: Field, name: string): string | undefined =>
    isBox ? (boxes.includes(name) ? box(sent.has(name)) : undefined) : sent.get(name);
  const given = fields.flatMap((field) => field.names.map((name) => [name, sentOf(field, name) ?? shown[name] ?? '']));
  return Object.fromEntries(given);
}

/** What the form of a new one asks of each kind, and of no other. */
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

/** A new client of its kind's defaults, with what was filled in of that kind's fields; a form without style shows all. */
export function inputOf(kind: Kind, sent: Submitted): Record<string, unknown> {
  const isAsked = (name: string) => {
    if (kind === 'machine') return !ofPeople.includes(name);
    return !name.startsWith('scope.') && !(kind === 'device' && ofCodes.includes(name));
  };
  const defaults = defaultsOf[kind];
  const asked = new Map([...sent].filter(([name]) => isAsked(name)));
  const given = Object.entries({ ...defaults, ...patchOf(defaults, asked) }).filter(([, value]) => value !== null);
  // A name is what people decide by: to leave it out is a mistake here, though not in a program.
  return { client_name: '', ...Object.fromEntries(given) };
}
