// All storage ports of the core as one object. An adapter (sqlite/, redis/) returns one; app hands single
// ports to the use-cases. Every method of every port may throw StoreUnavailableError.
import type { AccountStore } from '../core/account/account-store.ts';
import type { PasskeyStore } from '../core/account/passkey-store.ts';
import type { RecoveryCodeStore } from '../core/account/recovery-code-store.ts';
import type { ApprovalStore } from '../core/approval/approval-store.ts';
import type { AskStore } from '../core/ask/ask-store.ts';
import type { AuditStore } from '../core/audit/audit-store.ts';
import type { ClientStore } from '../core/client/client-store.ts';
import type { ClientUseStore } from '../core/client/client-use-store.ts';
import type { LogoStore } from '../core/client/logo-store.ts';
import type { ConsentStore } from '../core/consent/consent-store.ts';
import type { BrowserStore } from '../core/device/browser-store.ts';
import type { DeviceStore } from '../core/device/device-store.ts';
import type { KeyStore } from '../core/key/key-store.ts';
import type { LimitStore } from '../core/limit/limit-store.ts';
import type { LinkStore } from '../core/link/link-store.ts';
import type { LogoutStore } from '../core/logout/logout-store.ts';
import type { MailStore } from '../core/mail/mail-store.ts';
import type { NoticeStore } from '../core/notice/notice-store.ts';
import type { PushKeyStore } from '../core/push/push-key-store.ts';
import type { StatisticsStore } from '../core/statistics/statistic-store.ts';
import type { TicketEvents } from '../core/ticket/ticket-events.ts';
import type { TicketStore } from '../core/ticket/ticket-store.ts';
import type { ArtifactStore } from '../oidc/artifact-store.ts';

export type Store = {
  readonly tickets: TicketStore;
  readonly ticketEvents: TicketEvents;
  readonly accounts: AccountStore;
  readonly passkeys: PasskeyStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly devices: DeviceStore;
  readonly browsers: BrowserStore;
  readonly asks: AskStore;
  readonly pushKeys: PushKeyStore;
  readonly approvals: ApprovalStore;
  readonly consents: ConsentStore;
  readonly clients: ClientStore;
  readonly clientUses: ClientUseStore;
  readonly statistics: StatisticsStore;
  readonly logos: LogoStore;
  readonly audit: AuditStore;
  readonly limits: LimitStore;
  readonly links: LinkStore;
  readonly logouts: LogoutStore;
  readonly mails: MailStore;
  readonly notices: NoticeStore;
  readonly artifacts: ArtifactStore;
  readonly keys: KeyStore;
  /** Resolves when the database answers; the health check calls it. @throws StoreUnavailableError */
  ping(): Promise<void>;
  /** Returns epoch seconds by the clock of the database server, or null where there is no server. */
  time(): Promise<number | null>;
  /** Closes connections and stops timers. Safe to call twice. */
  close(): Promise<void>;
};

/** The database cannot be reached or cannot serve. Nothing was written in part. http answers 503. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}
