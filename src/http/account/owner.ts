// The person at an account's own pages.
import type { SignedInDevice } from '../kit/identity.ts';
import type { Freshness } from './freshness.ts';

/** Whoever the account belongs to, on one of their devices, and whether they have just proved who they are. */
export type Owner = SignedInDevice & Freshness;
