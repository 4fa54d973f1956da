// Port: consents by account and client. They are durable and have no end.
import type { Consent } from './consent.ts';

export type ConsentStore = {
  /** Returns the consent, or null. */
  find(accountId: string, clientId: string): Promise<Consent | null>;
  /** All consents of the account, in no particular order. */
  listByAccount(accountId: string): Promise<Consent[]>;
  /**
   * Writes what `change` makes of the present consent (null: there is none). Atomic. `change` may run more
   * than once, must be pure, and must keep `accountId` and `clientId`.
   */
  update(accountId: string, clientId: string, change: (current: Consent | null) => Consent): Promise<void>;
  /** Deletes one consent. Atomic. @returns whether this caller deleted it */
  delete(accountId: string, clientId: string): Promise<boolean>;
  /** Deletes all consents of an account that is being deleted. */
  deleteByAccount(accountId: string): Promise<void>;
  /** Deletes all consents to a client that is being deleted. May be repeated. */
  deleteByClient(clientId: string): Promise<void>;
};
