// The review of a ticket as the phone API answers it (protocol.md section 4). The server derives every
// text, limits its length, and removes control and bidi characters.
import { z } from 'zod';
import type { ReviewContext } from '../../core/approval/approval-rules.ts';
import { accessLifeOf, type TokenLives } from '../../core/client/access-life.ts';
import { isLogoByClient, logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import { numbersFor } from '../../core/ticket/transition.ts';
import { formatUserCode } from '../../core/ticket/user-code.ts';
import { nameInWords } from '../../i18n/agents.ts';
import { accessLifeInWords } from '../../i18n/durations.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import { placesJson } from '../../i18n/places.ts';
import { describeScopes } from '../../i18n/scopes.ts';
import { plainText } from '../../plain-text.ts';
import { publishedKind } from '../kit/published-kind.ts';
import { instant } from './schemas.ts';

/** Characters of a client's name. Longer names could hide the rest of the review. */
const nameLength = 60;

/** One side of the comparison. Null where the provider has no place database, or the database no answer. */
const placeOfSide = z
  .object({
    name: z.string().nullable().describe('City and country in the requested language, such as "Berlin, Germany".'),
    country: z.string().nullable().describe('Country code (ISO 3166-1 alpha-2).'),
    network: z.string().nullable().describe('Operator of the network.'),
    data_centre: z.boolean().describe('Whether the network belongs to a data centre or a VPN.'),
  })
  .nullable();

/** What the approver sees before the decision. `reviewJson` makes it. */
export const reviewContext = z.object({
  kind: z
    .enum(['browser', 'device'])
    .describe('What waits for the sign-in. device is a screen without a keyboard, which shows a user code (RFC 8628).'),
  user_code: z
    .string()
    .nullable()
    .describe('User code of a screen, which the person compares before approving. Null for a browser.'),
  client: z.object({
    name: z.string(),
    logo: z.string().nullable(),
    logo_by_client: z
      .boolean()
      .describe('Whether the client provided its logo itself (logo_uri), so that nobody here has checked it.'),
    redirect_host: z
      .string()
      .nullable()
      .describe('Host to which the authorization code is sent. Null for a screen, which polls for its tokens.'),
    policy_uri: z.string().nullable(),
    tos_uri: z.string().nullable(),
    self_registered: z.boolean().describe('Whether the client registered itself, so that nobody here has checked it.'),
    first_party: z.boolean().describe('Whether the operator of this provider also runs the client.'),
  }),
  scopes: z.array(z.object({ name: z.string(), description: z.string() })),
  access: z
    .object({ at_most_seconds: z.int(), ends_with_session: z.boolean(), description: z.string() })
    .describe('Maximum duration of the client’s access.'),
  browser: z.object({ name: z.string(), system: z.string(), known: z.boolean() }),
  place: z.object({
    network: z.string().describe('IP address of the browser.'),
    comparison: z
      .enum(['same_address', 'different_address', 'unknown'])
      .describe('Comparison of the browser’s address with the phone’s.'),
    browser: placeOfSide,
    phone: placeOfSide,
    distance_km: z
      .int()
      .nullable()
      .describe('Distance between browser and phone. Null unless the city of both is known.'),
  }),
  requested_at: instant,
  risk: z.object({ level: z.enum(['low', 'moderate', 'high']), reasons: z.array(z.string()) }),
  trust_browser_allowed: z.boolean(),
});

/** Names of what an approval may need beyond a tap. */
export const requirementNames = [
  'reauthentication',
  'passkey',
  'scanner',
  'number',
  'user_code',
  'confirmation_code',
] as const;
type RequirementName = (typeof requirementNames)[number];

/**
 * Makes the review context in the approver's language.
 * @param lives lifetimes of tokens and sessions, for the sentence about the access
 */
export function reviewJson(context: ReviewContext, locale: Locale, lives: TokenLives): z.input<typeof reviewContext> {
  const { ticket, client, risk } = context;
  const { metadata } = client;
  const access = accessLifeOf(client, ticket.request.scopes, ticket.screen !== undefined, lives);
  return {
    kind: publishedKind(ticket.screen !== undefined),
    /** In the form that the screen shows: `XXXX-XXXX`. */
    user_code: context.userCode === null ? null : formatUserCode(context.userCode),
    client: {
      name: plainText(metadata.client_name, nameLength) || client.id,
      logo: logoPathOf(client),
      logo_by_client: isLogoByClient(client),
      redirect_host: ticket.screen ? null : hostOf(ticket.request.redirectUri),
      policy_uri: textOrNull(metadata.policy_uri),
      tos_uri: textOrNull(metadata.tos_uri),
      first_party: client.firstParty,
      self_registered: client.registration !== undefined,
    },
    scopes: describeScopes(ticket.request.scopes, locale),
    access: {
      at_most_seconds: access.seconds,
      ends_with_session: access.endsWithSession,
      description: accessLifeInWords(locale, access),
    },
    browser: {
      name: nameInWords(ticket.browser.name, messagesOf[locale].screen.unknown),
      system: ticket.browser.system,
      known: context.isBrowserKnown,
    },
    place: {
      network: ticket.browser.address,
      comparison: context.comparison,
      ...placesJson(context.places, locale),
      distance_km: context.distanceKm === null ? null : Math.round(context.distanceKm),
    },
    requested_at: ticket.issuedAt,
    risk: { level: risk.level, reasons: [...risk.reasons] },
    trust_browser_allowed: !ticket.screen && client.qr.qr_trust_browser === 'allowed',
  };
}

/** What an approval needs beyond a tap, so that the phone can say so before. */
export function requiresJson({ ticket, requirements, needsReauthentication }: ReviewContext): RequirementName[] {
  const wanted: [boolean, RequirementName][] = [
    [needsReauthentication, 'reauthentication'],
    [requirements.userVerification, 'passkey'],
    [requirements.scanner, 'scanner'],
    [numbersFor(ticket) !== null, 'number'],
    [ticket.screen !== undefined, 'user_code'],
    [requirements.confirmationCode, 'confirmation_code'],
  ];
  return wanted.filter(([isWanted]) => isWanted).map(([, name]) => name);
}

/** Client metadata is unchecked JSON to the types; anything but a string counts as absent. */
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
