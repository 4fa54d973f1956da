// What `tessera` can be told: its commands in words, and the options they take.
import { parseArgs } from 'node:util';
import { splitWords } from './input.ts';

export const usage = `tessera <command>
  start [--lan [--lan-address IP]] run the provider
  config init [--issuer URL]       write a small tessera.yaml into this folder, which everything here then uses
  config check                     say whether the configuration and secrets can start a provider
  config reference [--write]       print config/reference.yaml, or write it with config/schema.json
  config apply [--dry-run]         bring the configuration's clients into the store, as every start does; or only
                                   show what would be created, changed and disabled
  client add --name N --redirect-uri URI … [--public] [--native] [--id ID] [--first-party]
  client add --name N --machine --scope "clients:read …"   for the administration API
  client add --input FILE                                  all settings, as YAML or JSON; - for standard input
  client list [--search S]     client show --id ID
  client update --id ID --input FILE                       only what changes; null takes a setting back
  client set --id ID KEY=VALUE …                           the same on the line: client_name=Shop cors_origins=[…]
  client logo --id ID --file PICTURE                       PNG, JPEG, WebP or plain SVG; without --file: none
  client disable --id ID       client enable --id ID       client delete --id ID
  client secret add --id ID [--name N] [--days D]          valid beside the others
  client secret revoke --id ID --secret S
  account add --username U [--name N] [--email E]   reads the password from standard input
  account list [--search S]         account show --username U
  account role --username U --set administrator,client-manager,auditor   replaces its roles; '' takes all away
  account disable --username U      account enable --username U
  account sign-out --username U     ends all its devices and the browsers they signed in
  account delete --username U       ends everything of it and deletes it for good; relying parties are told
  account invite [--name N] [--uses 1] [--days 7] [--role R …]   a link by which people make an account
  account reset-link --username U   a link by which its owner sets a new password, within an hour
  account hash-password             reads a password from standard input; for TESSERA_ADMIN_PASSWORD_HASH
  admin link [--force]             a link to become the first administrator, within 30 minutes; --force: although
                                   there is one, because none can sign in
  device list --username U
  device remove --username U --id ID
  key list                         signing keys: next, current, previous, retired
  key rotate [--immediately]       successors sign once relying parties can know them; --immediately (a key
                                   is known to others): new keys sign at once, all older ones are gone
  login --issuer URL [--no-qr]     sign in at a provider elsewhere with your phone, for the commands of its clients,
                                   accounts, devices, keys and records: each then takes --issuer URL (TESSERA_REMOTE)
  logout [--issuer URL]            whoami [--issuer URL]
  status                           codes shown, scanned, approved …: now, of 24 hours and of 30 days; by client
  audit [--account U] [--client ID] [--ticket ID] [--event E] [--from T] [--to T] [--limit N | --all]
                                   newest first; times as 2026-01-31 or 2026-01-31T12:00Z; --json: JSON Lines
  key generate                     print fresh secrets for the environment
Options: --config FILE (TESSERA_CONFIG, tessera.yaml, else config/development.yaml), --json
`;

const options = {
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  issuer: { type: 'string' },
  lan: { type: 'boolean', default: false },
  'lan-address': { type: 'string' },
  'no-qr': { type: 'boolean', default: false },
  name: { type: 'string' },
  id: { type: 'string' },
  'redirect-uri': { type: 'string', multiple: true },
  public: { type: 'boolean', default: false },
  native: { type: 'boolean', default: false },
  'first-party': { type: 'boolean', default: false },
  machine: { type: 'boolean', default: false },
  scope: { type: 'string' },
  input: { type: 'string' },
  search: { type: 'string' },
  secret: { type: 'string' },
  days: { type: 'string' },
  username: { type: 'string' },
  email: { type: 'string' },
  uses: { type: 'string' },
  role: { type: 'string', multiple: true },
  force: { type: 'boolean', default: false },
  set: { type: 'string' },
  account: { type: 'string' },
  client: { type: 'string' },
  ticket: { type: 'string' },
  event: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  all: { type: 'boolean', default: false },
  limit: { type: 'string' },
  file: { type: 'string' },
  immediately: { type: 'boolean', default: false },
} as const;

export type Values = ReturnType<typeof parseCommand>['values'];

/** @param args by default this process's own. @throws of node:util for an option that is none */
export function parseCommand(args: readonly string[] = process.argv.slice(2)) {
  const { values, positionals } = parseArgs({ options, allowPositionals: true, args: joinIds(args) });
  const { settings, words } = splitWords(positionals);
  return { values: { ...values, settings }, positionals: words };
}

/** One id of 64 begins with a dash, and would be taken for an option that is none. */
function joinIds(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1) ?? '';
    if (takesValue(before) && /^-[\w-]{9,}$/.test(arg) && !isOption(arg))
      joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

const typeOf = (arg: string) => (options as Record<string, { type: string } | undefined>)[arg.replace(/^--/, '')]?.type;
const isOption = (arg: string): boolean => arg.startsWith('--') && typeOf(arg) !== undefined;
const takesValue = (arg: string): boolean => isOption(arg) && typeOf(arg) === 'string';
