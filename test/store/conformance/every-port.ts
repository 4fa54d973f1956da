// The whole conformance suite, as each database is put through it.
import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.ts';
import { randomId } from '../records.ts';
import { accountPageConformance } from './account-page.ts';
import { accountStoreConformance } from './account-store.ts';
import { addressKeepingConformance } from './address-keeping.ts';
import { administratorsConformance } from './administrators.ts';
import { approvalStoreConformance } from './approval-store.ts';
import { artifactStoreConformance } from './artifact-store.ts';
import { askStoreConformance } from './ask-store.ts';
import { auditQueryConformance } from './audit-query.ts';
import { auditStoreConformance } from './audit-store.ts';
import { browserStoreConformance } from './browser-store.ts';
import { clientStoreConformance } from './client-store.ts';
import { consentStoreConformance } from './consent-store.ts';
import { deviceStoreConformance } from './device-store.ts';
import { emailWishesConformance } from './email-wishes.ts';
import { type OpenStore, useStore } from './fixture.ts';
import { grantsConformance } from './grants.ts';
import { keyStoreConformance } from './key-store.ts';
import { limitStoreConformance } from './limit-store.ts';
import { linkStoreConformance } from './link-store.ts';
import { logoStoreConformance } from './logo-store.ts';
import { logoutStoreConformance } from './logout-store.ts';
import { mailStoreConformance } from './mail-store.ts';
import { noticeStoreConformance } from './notice-store.ts';
import { passkeyStoreConformance } from './passkey-store.ts';
import { recoveryCodeStoreConformance } from './recovery-code-store.ts';
import { screenSignInsConformance } from './screen-sign-ins.ts';
import { statisticStoreConformance } from './statistic-store.ts';
import { ticketEventsConformance } from './ticket-events.ts';
import { ticketStoreConformance } from './ticket-store.ts';
import { ticketUseCasesConformance } from './ticket-use-cases.ts';

/** @param reachOthers whether ticket events reach other processes on the same database */
export function everyPortConformance(name: string, open: OpenStore, options: { reachOthers: boolean }): void {
  ticketStoreConformance(name, open);
  ticketUseCasesConformance(name, open);
  screenSignInsConformance(name, open);
  ticketEventsConformance(name, open, options);
  artifactStoreConformance(name, open);
  accountStoreConformance(name, open);
  accountPageConformance(name, open);
  administratorsConformance(name, open);
  emailWishesConformance(name, open);
  grantsConformance(name, open);
  passkeyStoreConformance(name, open);
  recoveryCodeStoreConformance(name, open);
  deviceStoreConformance(name, open);
  browserStoreConformance(name, open);
  approvalStoreConformance(name, open);
  askStoreConformance(name, open);
  consentStoreConformance(name, open);
  clientStoreConformance(name, open);
  auditStoreConformance(name, open);
  auditQueryConformance(name, open);
  addressKeepingConformance(name, open);
  limitStoreConformance(name, open);
  linkStoreConformance(name, open);
  logoStoreConformance(name, open);
  logoutStoreConformance(name, open);
  mailStoreConformance(name, open);
  noticeStoreConformance(name, open);
  statisticStoreConformance(name, open);
  keyStoreConformance(name, open);

  describe(`${name}: as a whole`, () => {
    const fixture = useStore(open);

    it('answers a ping until it is closed, and can be closed twice', async () => {
      const { store } = fixture.opened;
      await store.ping();
      await store.close();
      await store.close();
      await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.artifacts.find('Session', randomId())).rejects.toBeInstanceOf(StoreUnavailableError);
    });

    it('keeps its records for the next process that opens it', async () => {
      const { store, openAnother } = fixture.opened;
      await store.limits.add('key', 3, 60, fixture.opened.clock());
      await store.close();
      const reopened = await openAnother();
      expect((await reopened.limits.read('key', fixture.opened.clock()))?.count).toBe(3);
    });
  });
}
