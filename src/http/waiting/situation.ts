// What `GET /interaction/:uid` has to show, decided once from what was read once. Pure: waiting-pages.ts
// reads the facts and draws, waiting-routes.ts acts on the situation.
import type { Device } from '../../core/device/device.ts';
import type { DisplayedTicket } from '../../core/ticket/tickets.ts';
import { stateAt } from '../../core/ticket/transition.ts';
import { isRenewedAutomatically } from '../../core/ticket/waiting-page.ts';
import type { SignInWay } from '../../oidc/acr.ts';
import type { Interaction } from '../../oidc/interaction.ts';
import type { SignedInDevice } from '../kit/identity.ts';

export type Facts = {
  readonly interaction: Interaction;
  /** The ways to sign in that the request, the client's policy and this provider leave open. */
  readonly ways: ReadonlySet<SignInWay>;
  /** The device that this browser is, if it may answer the request by itself. */
  readonly own: SignedInDevice | null;
  /** The ticket of this interaction, whatever its state; null before the first one. */
  readonly displayed: DisplayedTicket | null;
  /**
   * Whether `prompt=create` leads to the form of a new account: sign-up is open, and nobody chose otherwise.
   */
  readonly leadsToSignUp: boolean;
  /** Where the request continues when another tab of this browser has answered it; null otherwise. */
  readonly continuation: string | null;
  /** Epoch seconds. */
  readonly now: number;
};

export type Situation =
  /** The interaction has its result already (a reload, the back button): the browser continues. */
  | { readonly kind: 'resume'; readonly location: string }
  /** The person signed in or consented in another tab, which answers this request too. */
  | { readonly kind: 'answered'; readonly location: string }
  /** The interaction is about to end: the app gets an error while there is somebody to bring it. */
  | { readonly kind: 'timed_out' }
  /** No open way reaches a requested class: the relying party gets an error (OIDC Core §3.1.2.6). */
  | { readonly kind: 'unreachable' }
  /** The person is signed in and has something to grant. */
  | { readonly kind: 'consent'; readonly accountId: string }
  /** This browser is a device of an account and may answer by itself. */
  | { readonly kind: 'continue'; readonly own: SignedInDevice }
  /** The relying party asks for a new account (`prompt=create`), and anybody may have one. */
  | { readonly kind: 'sign_up' }
  /** The sign-in page. `needsTicket`: a new ticket has to be issued for it. */
  | { readonly kind: 'sign_in'; readonly needsTicket: boolean };

export function situationOf(facts: Facts): Situation {
  const { interaction, ways, own } = facts;
  const { prompt, resumeLocation, requestedAcr, sessionAccountId } = interaction;
  if (resumeLocation) return { kind: 'resume', location: resumeLocation };
  if (mayContinue(facts)) return { kind: 'answered', location: facts.continuation };
  if (isEnding(interaction, facts.now)) return { kind: 'timed_out' };
  // No class is replaced by one that was not asked for (security.md A14). Only a browser that is a device
  // already reaches the class of a device.
  const isReachable = [...ways].some((way) => way !== 'device' || own !== null);
  if (prompt === 'login' && requestedAcr.length > 0 && !isReachable) return { kind: 'unreachable' };
  if (prompt === 'consent' && sessionAccountId) return { kind: 'consent', accountId: sessionAccountId };
  if (own) return { kind: 'continue', own };
  // A ticket on display means that the person has chosen to sign in instead.
  if (facts.leadsToSignUp && !facts.displayed) return { kind: 'sign_up' };
  return { kind: 'sign_in', needsTicket: needsTicket(facts) };
}

/** A phone that is deciding comes first: the person may have chosen another account there. */
function mayContinue(facts: Facts): facts is Facts & { readonly continuation: string } {
  const state = facts.displayed && stateAt(facts.displayed.ticket, facts.now);
  return facts.continuation !== null && state !== 'scanned' && state !== 'approved';
}

/**
 * An interaction that has ended cannot be answered any more, so the page returns this many seconds before.
 */
const returnSeconds = 10;

export const isEnding = ({ endsAt }: Interaction, now: number): boolean => now >= endsAt - returnSeconds;

function needsTicket({ interaction, ways, displayed, now }: Facts): boolean {
  if (interaction.prompt !== 'login' || !ways.has('qr')) return false;
  // A consumed ticket is left over from a crash between its consumption and the finish.
  if (!displayed || displayed.ticket.state === 'consumed' || displayed.ticket.state === 'cancelled') return true;
  return stateAt(displayed.ticket, now) === 'expired' && isRenewedAutomatically(displayed.ticket);
}

/**
 * Whether the sign-in of this device is recent enough to answer the request: `prompt=login` and `max_age`
 * (OIDC Core §3.1.2.1) ask for a newer one, and no device enrols another device.
 */
export function isFreshEnough(interaction: Interaction, device: Device, now: number): boolean {
  if (interaction.enrolsDevice) return false;
  // An account that was signed in before is not the new one that `prompt=create` asks for.
  const isOldRefused = interaction.isLoginForced || interaction.wantsSignUp;
  if (isOldRefused && device.authenticatedAt < interaction.startedAt) return false;
  return interaction.maxAgeSeconds === null || now - device.authenticatedAt <= interaction.maxAgeSeconds;
}
