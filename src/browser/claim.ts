// A ticket this phone has claimed: what the phone API answered, kept for this tab so that a reload goes on where it was.
import type { Messages } from '../i18n/messages.ts';
import type { PasskeyQuestion } from './passkey.ts';

export type Claim = {
  readonly ticket: string;
  readonly approval_token: string;
  readonly expires_at: number;
  readonly requires: readonly string[];
  /** To choose from, the right one being on the other screen; null: this phone was not asked. */
  readonly numbers: readonly string[] | null;
  /** To be answered by a passkey where a tap is not enough; null: the account has none, or none is asked. */
  readonly passkey_options: PasskeyQuestion | null;
  readonly context: {
    readonly kind: 'browser' | 'device';
    /** Of a device: what its screen has to show. */
    readonly user_code: string | null;
    readonly client: {
      readonly name: string;
      readonly logo: string | null;
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

/** Null, or in part, where nothing is known. */
type Side = { readonly name: string | null; readonly network: string | null } | null;

/** `code`: approved, and the confirmation code is still to be typed on the other screen. */
export type Outcome = 'code' | 'approved' | 'denied' | 'reported' | 'expired' | 'cancelled';
/** `isCodeSeen`: the person has compared it. */
export type KeptClaim = {
  readonly isCodeSeen?: boolean;
  readonly claim: Claim;
  readonly outcome?: Outcome;
  readonly code?: string;
};

export type ClaimStore = ReturnType<typeof createClaimStore>;

/** `name`: the frame's handle, or `typed`. A browser without storage just forgets. */
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
        // Full or forbidden: a reload then has to scan again, nothing worse.
      }
    },
  };
}
