// Wires everything that people and administrators do to an account: sign-up and recovery, changes, ending
// sessions and grants, "This was not me", deletion. A concept that stores records by account id adds its
// function that deletes them to `others` below; otherwise they outlive the account.
import type { Passkeys } from '../core/account/passkeys.ts';
import { createPictures } from '../core/account/pictures.ts';
import { createAccountDeletion } from '../core/approval/account-deletion.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import { createEndingsByAdministrator } from '../core/approval/endings-by-administrator.ts';
import { createEndingsByOwner } from '../core/approval/endings-by-owner.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Browsers } from '../core/device/browsers.ts';
import type { Devices } from '../core/device/devices.ts';
import { createAccountChanges } from '../core/email/account-changes.ts';
import { createRedemptions } from '../core/link/redemptions.ts';
import { signUpRules } from '../core/link/sign-up-rules.ts';
import { createDisowning } from '../core/notice/disowning.ts';
import type { Notices } from '../core/notice/notices.ts';
import type { Oidc } from '../oidc/provider.ts';
import { createSignUpAndRecovery, type SignUpAndRecoveryDeps } from './sign-up-and-recovery.ts';

export type AccountActionsDeps = SignUpAndRecoveryDeps & {
  readonly passkeys: Passkeys;
  readonly devices: Devices;
  readonly browsers: Browsers;
  readonly approvals: Approvals;
  readonly notices: Notices;
  readonly audit: Audit;
  readonly oidc: Oidc;
};

/** Makes the use-cases. Every one of them that ends something tells relying parties through `oidc`. */
export function createAccountActions(deps: AccountActionsDeps) {
  const { config, store, accounts, links, oidc } = deps;
  const { sessions, grants } = oidc;
  const parts = { ...deps, mailer: deps.mails, endSessions: sessions.endAll };
  const { isOff } = signUpRules(config);
  const signUpAndRecovery = createSignUpAndRecovery(deps);
  const { emails } = signUpAndRecovery;
  const pictures = createPictures({ store: store.logos, accounts });
  const endingsByAdministrator = createEndingsByAdministrator({
    ...parts,
    withdrawGrant: grants.withdraw,
    revokeGrants: (accountId) => grants.revokeAll(accountId),
  });
  return {
    ...signUpAndRecovery,
    pictures,
    redemptions: createRedemptions({ ...parts, store: store.links, isOff }),
    accountChanges: createAccountChanges({ ...parts, emails, endDisabled: endingsByAdministrator.disabled }),
    endingsByAdministrator,
    endingsByOwner: createEndingsByOwner({ ...parts, withdrawGrants: grants.withdrawAll, tellClient: sessions.tell }),
    disowning: createDisowning({ ...parts, store: store.notices, findAccount: accounts.findActive }),
    accountDeletion: createAccountDeletion({
      ...parts,
      pictures,
      withdrawGrants: (accountId) => grants.withdrawAll(accountId, null),
      others: [
        links.forget,
        (accountId) => store.recoveryCodes.replace(accountId, []),
        store.notices.deleteByAccount,
        store.consents.deleteByAccount,
      ],
    }),
  };
}
