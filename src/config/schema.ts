// Every setting: its type, default, unit and description. config/reference.yaml and config/schema.json are
// generated from this file (reference.ts), and the variables are derived from it (environment.ts).
import { isIP } from 'node:net';
import { z } from 'zod';
import { clientSchema } from '../core/client/client-schema.ts';
import { hostingNetworks } from '../core/place/hosting-networks.ts';
import { store } from './store-schema.ts';

/** A duration in seconds, from 1 to `max`. */
const seconds = (byDefault: number, max: number, sentence: string) =>
  z.number().int().min(1).max(max).default(byDefault).describe(`${sentence} In seconds.`);
/** A count per time window. The limits are enforced by src/core/limit. */
const perWindow = (byDefault: number, sentence: string) =>
  z.number().int().min(1).max(1_000_000).default(byDefault).describe(sentence);
/** A group of settings. It may be left out: every setting in it then has its default. */
const section = <Shape extends z.ZodRawShape>(shape: Shape, sentence: string) =>
  z
    .strictObject(shape)
    .prefault({} as never)
    .describe(sentence);

const day = 86_400;

/** Returns true for an IP address or a CIDR range. */
function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    bits > 0 && rest.length === 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits))
  );
}

/**
 * Returns true for `address` or `Name <address>` without characters that would start another header or
 * address.
 */
const isMailbox = (text: string): boolean =>
  /^([^\p{C}<>@",;:\\]{0,100} <[^\s<>@,;:"\p{C}]+@[^\s<>@,;:"\p{C}]+>|[^\s<>@,;:"\p{C}]+@[^\s<>@,;:"\p{C}]+)$/u.test(
    text,
  );

const databasePath = (sentence: string) => z.string().min(1).optional().describe(sentence);

const demoAccount = z.strictObject({
  username: z.string().describe('Username.'),
  password: z.string().describe('Password in clear text. For development only.'),
  display_name: z.string().optional().describe('Display name.'),
  email: z.string().optional().describe('Email address. It counts as verified.'),
  locale: z.string().optional().describe('Language (BCP 47).'),
});

export const schema = z.strictObject({
  environment: z
    .enum(['development', 'production'])
    .default('production')
    .describe('development allows demo accounts and http on localhost, and makes its secrets at the first start.'),
  issuer: z
    .url()
    .describe(
      'Public URL of the provider, without path and trailing slash. Do not change it later: apps and passkeys depend on it.',
    ),
  http: section(
    {
      host: z.string().default('127.0.0.1').describe('IP address or host name to listen on.'),
      port: z.number().int().min(0).max(65_535).default(3000).describe('Port to listen on.'),
      keep_alive_seconds: z
        .number()
        .int()
        .min(1)
        .max(3600)
        .default(75)
        .describe(
          'How long an idle connection stays open. Longer than the pools of clients and proxies in front keep theirs (usually 60 seconds), or they lose requests.',
        ),
      trusted_proxies: z
        .array(z.string().refine(isNetwork, 'must be an IP address or CIDR range, such as 10.0.0.0/8'))
        .default([])
        .describe('IP addresses or CIDR ranges of your reverse proxies. X-Forwarded-For is read from these only.'),
      outbound_private_networks: z
        .boolean()
        .default(false)
        .describe(
          'Allow requests to private IP addresses when fetching JWKS and logos, sending logouts and sending push messages.',
        ),
    },
    'The HTTP server.',
  ),
  store,
  ticket: section(
    {
      pending_seconds: seconds(120, 600, 'Time to scan a QR code.'),
      decision_seconds: seconds(120, 600, 'Time to approve or deny on the phone.'),
      finish_seconds: seconds(60, 600, 'Time for the browser to finish after the approval.'),
    },
    'Lifetime of a ticket, which is one displayed QR code.',
  ),
  interaction_seconds: seconds(
    600,
    600,
    'Time for the whole sign-in, from the redirect to the code. At most 10 minutes (ASVS 6.5.5).',
  ),
  tokens: section(
    {
      access_token_seconds: seconds(3600, day, 'Lifetime of an access token.'),
      id_token_seconds: seconds(3600, day, 'Lifetime of an ID token.'),
      refresh_token_seconds: seconds(
        14 * day,
        365 * day,
        'Lifetime of refresh tokens, counted from the first one; rotation does not extend it.',
      ),
      session_seconds: seconds(14 * day, 365 * day, 'Lifetime of the session in a trusted browser.'),
    },
    'Lifetimes of tokens and sessions.',
  ),
  keys: section(
    {
      rotation_days: z
        .number()
        .int()
        .min(1)
        .max(3650)
        .default(90)
        .describe('Time after which a signing key is replaced. Its successor is published one day earlier. In days.'),
    },
    'Signing keys of ID tokens.',
  ),
  device: section(
    {
      idle_seconds: seconds(90 * day, 400 * day, 'A phone that is not used for this time is signed out.'),
      absolute_seconds: seconds(365 * day, 400 * day, 'A phone has to sign in again after this time.'),
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
        .describe('Memory of one hash, in KiB. OWASP requires at least 19456.'),
      argon2_passes: z
        .number()
        .int()
        .min(2)
        .max(20)
        .default(2)
        .describe('Passes over the memory. OWASP requires at least 2.'),
      argon2_parallelism: z.number().int().min(1).max(16).default(1).describe('Lanes (threads) of one hash.'),
      argon2_concurrency: z.number().int().min(1).max(64).default(2).describe('Hashes computed at the same time.'),
      argon2_queue: z
        .number()
        .int()
        .min(0)
        .max(10_000)
        .default(50)
        .describe('Hashes that may wait for their turn. Further sign-ins are answered with busy.'),
    },
    'Password hashing (argon2id).',
  ),
  limits: section(
    {
      ticket_creations_per_minute: perWindow(120, 'New QR codes per IP address and app, per minute.'),
      ticket_creations_per_client_per_minute: perWindow(6000, 'New QR codes per app, per minute.'),
      claims_per_device_per_minute: perWindow(120, 'Scans per phone, per minute.'),
      claims_per_address_per_minute: perWindow(300, 'Scans per IP address, per minute.'),
      asks_per_account_per_hour: perWindow(5, 'Sign-in requests sent to the phones of one account, per hour.'),
      authorizations_per_minute: perWindow(300, 'Authorization requests per IP address, per minute.'),
      sign_ups_per_hour: perWindow(20, 'Sign-ups, and links to sign up by mail, per IP address, per hour.'),
      resets_per_hour: perWindow(20, 'Password resets by mail per IP address, per hour.'),
      token_requests_per_minute: perWindow(
        1200,
        'Token, PAR, introspection and revocation requests per IP address, per minute.',
      ),
    },
    'Rate limits.',
  ),
  place: section(
    {
      city_database: databasePath('Path of a city database: GeoLite2 or GeoIP2 City, or DB-IP City.'),
      network_database: databasePath('Path of a network database: GeoLite2 or GeoIP2 ASN or ISP, or DB-IP ASN.'),
      anonymous_database: databasePath('Path of a database of hosting and VPN networks: GeoIP2 Anonymous IP.'),
      hosting_networks: z
        .array(z.number().int().min(1).max(4_294_967_295))
        .default([...hostingNetworks])
        .describe('Numbers of autonomous systems that are data centres or VPNs. Replaces the built-in list.'),
    },
    'Places of browsers and phones, from your own database files in the MaxMind format. None is shipped. A replaced file is read within a minute.',
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
          'Time after which IP addresses are removed from audit and approval records. Those in notices are removed after seven days. In days.',
        ),
      audit_addresses: z
        .enum(['full', 'truncated'])
        .default('full')
        .describe(
          'truncated records only the network of an IP address in audit records and notices: /24 for IPv4, /48 for IPv6.',
        ),
    },
    'Retention of IP addresses.',
  ),
  sign_up: z
    .enum(['closed', 'invite', 'open'])
    .default('invite')
    .describe(
      'Who may create an account: nobody (closed), people with an invitation (invite), or everybody (open). closed also disables existing invitations. The link of the first administrator and the command line always work.',
    ),
  security: section(
    {
      require_pkce: z
        .boolean()
        .default(false)
        .describe(
          'Require PKCE with S256 of every app, also of apps with a secret. Public clients always need it. Off, each app has its own require_pkce.',
        ),
    },
    'Rules that every app has to follow.',
  ),
  registration: section(
    {
      enabled: z
        .boolean()
        .default(false)
        .describe('Let apps register themselves with an initial access token (RFC 7591).'),
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
          'URL of the mail server, with a username if it needs one. The password is TESSERA_MAIL_PASSWORD. TLS is required except to localhost. Append ?tls=off to disable it.',
        ),
      from: z
        .string()
        .max(320)
        .refine(isMailbox, 'must be an address, such as no-reply@example.com or Tessera <no-reply@example.com>')
        .optional()
        .describe('Sender of all mail.'),
    },
    'Mail to users about new sign-ins, with a link that undoes them, and about changes to their account. No mail is sent without a server.',
  ),
  log: section(
    {
      level: z
        .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info')
        .describe('Lowest severity that is written.'),
    },
    'Logs, as JSON lines on standard output.',
  ),
  demo: section(
    {
      accounts: z.array(demoAccount).default([]).describe('Accounts created at start. Not allowed in production.'),
      relying_party: section(
        {
          enabled: z.boolean().default(false).describe('Run the demo app. Not allowed in production.'),
          port: z.number().int().min(0).max(65_535).default(3001).describe('Port of the demo app.'),
        },
        'The demo app, Tea House.',
      ),
    },
    'Demo accounts and the demo app, for trying Tessera out.',
  ),
  clients: z.array(clientSchema).default([]).describe('Apps (relying parties) that are defined in this file.'),
  clients_folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Folder with more apps. Every *.yaml, *.yml and *.json file in it contains one entry, or a list, as in clients.',
    ),
  clients_prune: z
    .boolean()
    .default(false)
    .describe('Disable an app at the next start when it is no longer in this file or the folder.'),
});
