// The review context in the words of the phone API (protocol.md 4): derived by the server, capped, free of control and bidi characters.
import type { ReviewContext } from '../../core/approval/approval-rules.ts';
import { accessLifeOf, type TokenLives } from '../../core/client/access-life.ts';
import { logoPathOf } from '../../core/client/client.ts';
import { hostOf } from '../../core/client/redirect-uri.ts';
import { numbersFor } from '../../core/ticket/ticket.ts';
import { formatUserCode } from '../../core/ticket/user-code.ts';
import { nameInWords } from '../../i18n/agents.ts';
import { accessLifeInWords } from '../../i18n/durations.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import { placesJson } from '../../i18n/places.ts';
import { describeScopes } from '../../i18n/scopes.ts';
import { plainText } from '../../plain-text.ts';
import { publishedKind } from '../kit/published-kind.ts';

const nameLength = 60;

export function reviewJson(context: ReviewContext, locale: Locale, lives: TokenLives) {
  const { ticket, client, risk } = context;
  const { metadata } = client;
  const access = accessLifeOf(client, ticket.request.scopes, ticket.screen !== undefined, lives);
  return {
    kind: publishedKind(ticket.screen !== undefined),
    /** As the device shows it. */
    user_code: context.userCode === null ? null : formatUserCode(context.userCode),
    client: {
      name: plainText(metadata.client_name, nameLength) || client.id,
      logo: logoPathOf(client),
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
      name: nameInWords(ticket.browser.name, messagesOf[locale].device.unknown),
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
    risk: { level: risk.level, reasons: risk.reasons },
    trust_browser_allowed: !ticket.screen && client.qr.qr_trust_browser === 'allowed',
  };
}

/** What an approval will ask beyond a tap, so that the phone can say so before. */
export function requiresJson({ ticket, requirements, needsReauthentication }: ReviewContext): string[] {
  const wanted: [boolean, string][] = [
    [needsReauthentication, 'reauthentication'],
    [requirements.userVerification, 'passkey'],
    [requirements.scanner, 'scanner'],
    [numbersFor(ticket) !== null, 'number'],
    [ticket.screen !== undefined, 'user_code'],
    [requirements.confirmationCode, 'confirmation_code'],
  ];
  return wanted.filter(([isWanted]) => isWanted).map(([, name]) => name);
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
