// Every setting: type, default, unit and a sentence. What is written here becomes config/reference.yaml and config/schema.json.
import { isIP } from 'node:net';
import { z } from 'zod';
import { clientSchema } from '../core/client/client-schema.ts';
import { hostingNetworks } from '../core/place/hosting-networks.ts';

const seconds = (byDefault: number, max: number, sentence: string) =>
  z.number().int().min(1).max(max).default(byDefault).describe(`${sentence} In seconds.`);
const perWindow = (byDefault: number, sentence: string) =>
  z.number().int().min(1).max(1_000_000).default(byDefault).describe(sentence);
const section = <Shape extends z.ZodRawShape>(shape: Shape, sentence: string) =>
  z
    .strictObject(shape)
    .prefault({} as never)
    .describe(sentence);

const day = 86_400;

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

/** An address, alone or after a name; nothing in it that a header would read as more. */
const isMailbox = (text: string): boolean =>
  /^([^\p{C}<>@",;:\\]{0,100} <[^\s<>@,;:"\p{C}]+@[^\s<>@,;:"\p{C}]+>|[^\s<>@,;:"\p{C}]+@[^\s<>@,;:"\p{C}]+)$/u.test(
    text,
  );

const store = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sqlite').describe('Embedded, for one process.'),
      path: z
        .string()
        .min(1)
        .default('data/tessera.sqlite')
        .describe('The database file; its folder is made when absent.'),
    }),
    z.strictObject({
      kind: z.literal('redis').describe('Redis 7 or Valkey, for any number of processes.'),
      url: z
        .string()
        .regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL')
        .describe('Where it is, with user and password if needed.'),
      key_prefix: z.string().max(64).default('tessera:').describe('Every key begins with it.'),
    }),
  ])
  .prefault({ kind: 'sqlite' })
  .describe('Where everything is kept.');

const databasePath = (sentence: string) => z.string().min(1).optional().describe(sentence);

const demoAccount = z.strictObject({
  username: z.string().describe('Username.'),
  password: z.string().describe('Password, in clear: development only.'),
  display_name: z.string().optional().describe('Name shown to people.'),
  email: z.string().optional().describe('Email address, taken as verified.'),
  locale: z.string().optional().describe('Language, BCP 47.'),
});

export const schema = z.strictObject({
  environment: z
    .enum(['development', 'production'])
    .default('production')
    .describe('development: demo accounts, http on localhost, secrets made by themselves.'),
  issuer: z
    .url()
    .describe(
      'The address under which everybody reaches the provider; never changes afterwards. No path, no trailing slash.',
    ),
  http: section(
    {
      host: z.string().default('127.0.0.1').describe('The address to listen on.'),
      port: z.number().int().min(0).max(65_535).default(3000).describe('The port to listen on.'),
      trusted_proxies: z
        .array(z.string().refine(isNetwork, 'must be an IP address or CIDR range, such as 10.0.0.0/8'))
        .default([])
        .describe('Addresses or CIDR ranges of your own reverse proxies; only their X-Forwarded-For is believed.'),
      outbound_private_networks: z
        .boolean()
        .default(false)
        .describe('Whether JWKS, logout and push requests may go to private addresses.'),
    },
    'Listening.',
  ),
  store,
  ticket: section(
    {
      pending_seconds: seconds(120, 600, 'How long a QR code waits to be scanned.'),
      decision_seconds: seconds(120, 600, 'How long the phone may take to decide.'),
      finish_seconds: seconds(60, 600, 'How long the browser may take to finish after approval.'),
    },
    'A ticket’s life.',
  ),
  interaction_seconds: seconds(600, 600, 'The whole sign-in, from redirect to code (at most 10 minutes: ASVS 6.5.5).'),
  tokens: section(
    {
      access_token_seconds: seconds(3600, day, 'Life of an access token.'),
      id_token_seconds: seconds(3600, day, 'Life of an ID token.'),
      refresh_token_seconds: seconds(14 * day, 365 * day, 'Life of a refresh token, from the first of its family.'),
      session_seconds: seconds(14 * day, 365 * day, 'Life of a trusted browser’s session.'),
    },
    'Lifetimes of what relying parties get.',
  ),
  keys: section(
    {
      rotation_days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .default(90)
        .describe('How long a signing key signs; its successor is published a day before. In days.'),
    },
    'Signing keys.',
  ),
  device: section(
    {
      idle_seconds: seconds(90 * day, 400 * day, 'An unused phone is signed out after this long.'),
      absolute_seconds: seconds(365 * day, 400 * day, 'A phone signs in again after this long.'),
    },
    'Signed-in phones.',
  ),
  password: section(
    {
      argon2_memory_kib: z
        .number()
        .int()
        .min(19_456)
        .max(1_048_576)
        .default(19_456)
        .describe('Memory of one hash, in KiB; the OWASP floor is 19456.'),
      argon2_passes: z
        .number()
        .int()
        .min(2)
        .max(20)
        .default(2)
        .describe('Passes over the memory; the OWASP floor is 2.'),
      argon2_parallelism: z.number().int().min(1).max(16).default(1).describe('Lanes of one hash.'),
      argon2_concurrency: z.number().int().min(1).max(64).default(2).describe('Hashes computed at once.'),
      argon2_queue: z
        .number()
        .int()
        .min(0)
        .max(10_000)
        .default(50)
        .describe('Further sign-ins that wait their turn; beyond it the answer is busy.'),
    },
    'Password hashing (argon2id).',
  ),
  limits: section(
    {
      ticket_creations_per_minute: perWindow(120, 'New QR codes for one address at one client, a minute.'),
      ticket_creations_per_client_per_minute: perWindow(6000, 'New QR codes of one client, a minute.'),
      claims_per_device_per_minute: perWindow(120, 'Scans by one phone, a minute.'),
      claims_per_address_per_minute: perWindow(300, 'Scans from one address, a minute.'),
      asks_per_account_per_hour: perWindow(5, 'How often browsers may ask an account’s phones, an hour.'),
      authorizations_per_minute: perWindow(300, 'Authorization requests from one address, a minute.'),
      sign_ups_per_hour: perWindow(20, 'New accounts, or links to make one, asked for from one address, an hour.'),
      resets_per_hour: perWindow(20, 'New passwords by mail asked for from one address, an hour.'),
      token_requests_per_minute: perWindow(
        1200,
        'Token, PAR, introspection and revocation requests from one address, a minute.',
      ),
    },
    'How often something may be asked.',
  ),
  place: section(
    {
      city_database: databasePath('A file with cities: GeoLite2 or GeoIP2 City, DB-IP City.'),
      network_database: databasePath('A file with networks: GeoLite2 or GeoIP2 ASN or ISP, DB-IP ASN.'),
      anonymous_database: databasePath('A file that marks hosting and VPN networks: GeoIP2 Anonymous IP.'),
      hosting_networks: z
        .array(z.number().int().min(1).max(4_294_967_295))
        .default([...hostingNetworks])
        .describe('Autonomous systems taken for data centres and VPNs, instead of the built-in list.'),
    },
    'Where browsers and phones are, by database files of your own in MaxMind’s format; none are shipped. A new edition is noticed within a minute.',
  ),
  privacy: section(
    {
      addresses_kept_days: z
        .number()
        .int()
        .min(1)
        .max(400)
        .default(90)
        .describe(
          'Network addresses in audit and approval records are removed after this long; those of notices after seven days. In days.',
        ),
      audit_addresses: z
        .enum(['full', 'truncated'])
        .default('full')
        .describe('truncated: audit records and notices keep the network alone, a /24 or of IPv6 a /48.'),
    },
    'What is kept of people’s network addresses.',
  ),
  sign_up: z
    .enum(['closed', 'invite', 'open'])
    .default('invite')
    .describe(
      'Who may make an account: nobody, whoever was invited, or anybody. closed also ends invitations that are out; the first administrator’s link and the command line always work.',
    ),
  registration: section(
    {
      enabled: z
        .boolean()
        .default(false)
        .describe('Whether relying parties with an initial access token may register themselves (RFC 7591).'),
    },
    'Dynamic client registration.',
  ),
  mail: section(
    {
      smtp_url: z
        .string()
        .regex(/^smtps?:\/\//, 'must be an smtp:// or smtps:// URL')
        .optional()
        .describe(
          'The mail server, with a username if it wants one; its password is TESSERA_MAIL_PASSWORD. Encryption is insisted on, but for this machine itself; ?tls=off at the end says otherwise.',
        ),
      from: z
        .string()
        .max(320)
        .refine(isMailbox, 'must be an address, such as no-reply@example.com or Tessera <no-reply@example.com>')
        .optional()
        .describe('Whom mail comes from.'),
    },
    'Mail to people: of new sign-ins, with a link that undoes them, and of changes to their account. Without a server there is none.',
  ),
  log: section(
    {
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('The least severe line written.'),
    },
    'Logging, as JSON lines on standard output.',
  ),
  demo: section(
    {
      accounts: z.array(demoAccount).default([]).describe('Accounts made at start; refused in production.'),
      relying_party: section(
        {
          enabled: z.boolean().default(false).describe('Whether the demo relying party runs; refused in production.'),
          port: z.number().int().min(0).max(65_535).default(3001).describe('Its port.'),
        },
        'The Tea House.',
      ),
    },
    'For trying Tessera out.',
  ),
  clients: z.array(clientSchema).default([]).describe('Relying parties known from this file.'),
  clients_folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'More of them: every *.yaml, *.yml and *.json in this folder is one entry, or a list, written as in clients.',
    ),
  clients_prune: z
    .boolean()
    .default(false)
    .describe('Whether a relying party that is gone from file and folder is switched off at the next start.'),
});
