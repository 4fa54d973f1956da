// The ticket that this phone has claimed, stored for this tab (sessionStorage), so that a reload continues
// the review. review-session.ts changes it.
import type { Messages } from '../i18n/messages.ts';
import type { PasskeyQuestion } from './passkey.ts';

/** The body of `POST /phone/v1/scan` as far as the pages use it. Instants are epoch seconds. */
export type Claim = {
  readonly ticket: string;
  /** Secret that every decision about this ticket needs. Removed from the storage after the decision. */
  readonly approval_token: string;
  readonly expires_at: number;
  /** The account for which this phone would approve. */
  readonly account: { readonly username: string; readonly name: string };
  /** What an approval needs besides the tap, such as `passkey` or `number` (protocol.md 4). */
  readonly requires: readonly string[];
  /** Numbers to choose from. The waiting browser shows the right one. Null: this phone was not asked. */
  readonly numbers: readonly string[] | null;
  /**
   * Options for a passkey where a tap is not enough. Null: none is required, or the account has no passkey.
   */
  readonly passkey_options: PasskeyQuestion | null;
  readonly context: {
    /** `device` is the published name of a screen (RFC 8628). */
    readonly kind: 'browser' | 'device';
    /** Of a screen: the code that it must show. Null for a browser. */
    readonly user_code: string | null;
    readonly client: {
      readonly name: string;
      readonly logo: string | null;
      readonly logo_by_client: boolean;
      readonly redirect_host: string | null;
      readonly self_registered: boolean;
      readonly policy_uri: string | null;
      readonly tos_uri: string | null;
    };
    readonly scopes: readonly { readonly name: string; readonly description: string }[];
    readonly access: { readonly description: string };
    readonly browser: { readonly name: string; readonly system: string; readonly known: boolean };
    readonly place: {
      readonly network: string;
      readonly comparison: keyof Messages['review']['comparison'];
      readonly browser: Side;
      readonly phone: Side;
    };
    readonly requested_at: number;
    readonly risk: { readonly level: 'low' | 'moderate' | 'high'; readonly reasons: readonly string[] };
    readonly trust_browser_allowed: boolean;
  };
};

/** The place and network of one side. Null where nothing is known. */
type Side = { readonly name: string | null; readonly network: string | null } | null;

/**
 * How a review ended. `code`: approved, and the confirmation code still has to be typed in the waiting
 * browser. `lapsed`: approved, but the waiting browser did not finish in time.
 */
export type Outcome = 'code' | 'approved' | 'denied' | 'reported' | 'expired' | 'cancelled' | 'lapsed';
/** A decision as it is sent, beside the approval token. `extra` is what else its body contains. */
export type Decision = {
  readonly what: 'approve' | 'deny';
  readonly extra: { readonly report?: boolean; readonly [member: string]: unknown };
};

/**
 * What the tab stores. `isCodeSeen`: the person has compared a screen's code. `code`: the confirmation code.
 */
export type KeptClaim = {
  /** A decision that was sent and whose answer this page has not seen yet. */
  readonly sent?: Decision;
  readonly isCodeSeen?: boolean;
  readonly claim: Claim;
  readonly outcome?: Outcome;
  readonly code?: string;
};

export type ClaimStore = ReturnType<typeof createClaimStore>;

/**
 * Creates the store of one claim. A browser without storage loses the claim on a reload.
 *
 * @param name the frame's handle, `ask.<id>`, or `typed` for a user code
 */
export function createClaimStore(name: string) {
  const key = `tessera.claim.${name}`;
  return {
    load(): KeptClaim | null {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? 'null') as KeptClaim | null;
      } catch {
        return null;
      }
    },
    save(kept: KeptClaim): void {
      try {
        sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // The storage is full or disabled. After a reload the person has to scan again.
      }
    },
  };
}
