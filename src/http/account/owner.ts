// The person at an account's own pages.
import type { SignedInDevice } from '../kit/identity.ts';
import type { Freshness } from './freshness.ts';

/** The account's owner on one of their devices, and whether they have just proved who they are. */
export type Owner = SignedInDevice & Freshness;
