// What people do about accounts, plugged together: get one and get back into it, end what it has going, disown a sign-in, delete it. Whoever
// keeps something else by an account's id adds its `forget` to `others`.
import type { Accounts } from '../core/account/accounts.ts';
import type { Passkeys } from '../core/account/passkeys.ts';
import { createPictures } from '../core/account/pictures.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import { createEndings } from '../core/approval/endings.ts';
import { createOwnerEndings } from '../core/approval/owner-endings.ts';
import { createRemovals } from '../core/approval/removals.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Browsers } from '../core/device/browsers.ts';
import type { Devices } from '../core/device/devices.ts';
import { createAccountChanges } from '../core/email/account-changes.ts';
import { createLinks } from '../core/link/links.ts';
import { createRedemptions } from '../core/link/redemptions.ts';
import { signUpRules } from '../core/link/sign-up-rules.ts';
import { createDisowning } from '../core/notice/disowning.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { Oidc } from '../oidc/provider.ts';
import { createEntry, type EntryDeps } from './entry.ts';

export type PeopleDeps = Omit<EntryDeps, 'links'> & {
  readonly accounts: Accounts;
  readonly passkeys: Passkeys;
  readonly devices: Devices;
  readonly browsers: Browsers;
  readonly approvals: Approvals;
  readonly notices: Notices;
  readonly audit: Audit;
  readonly oidc: Oidc;
};

export type People = ReturnType<typeof createPeople>;

export function createPeople(deps: PeopleDeps) {
  const { config, store, vault, accounts, oidc } = deps;
  const { sessions, grants } = oidc;
  const parts = { ...deps, endSessions: sessions.endAll };
  const { mayInvite, isOff } = signUpRules(config);
  const maskEmail = (email: string) => vault.mac(email, 'sign-up link');
  const links = createLinks({ ...deps, issuer: config.issuer, store: store.links, mayInvite, maskEmail });
  const entry = createEntry({ ...deps, links });
  const pictures = createPictures({ store: store.logos, accounts });
  return {
    links,
    pictures,
    redemptions: createRedemptions({ ...parts, store: store.links, isOff }),
    entry,
    accountChanges: createAccountChanges({ ...deps, emails: entry.emails }),
    endings: createEndings({ ...parts, withdrawGrant: grants.withdraw }),
    ownerEndings: createOwnerEndings({ ...parts, withdrawGrants: grants.withdrawAll, tellClient: sessions.tell }),
    disowning: createDisowning({ ...deps, store: store.notices, findAccount: accounts.findActive }),
    removals: createRemovals({
      ...parts,
      pictures,
      withdrawGrants: (accountId) => grants.withdrawAll(accountId, null),
      others: [links.forget, (accountId) => store.recoveryCodes.replace(accountId, []), store.notices.deleteByAccount],
    }),
  };
}
