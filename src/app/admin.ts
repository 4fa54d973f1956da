// Wires everything that serves administration: the console, the API under `/admin/v1`, and dynamic client
// registration. All of them use the same use-cases.
import type Router from '@koa/router';
import type { Accounts } from '../core/account/accounts.ts';
import type { Approvals } from '../core/approval/approvals.ts';
import type { EndingsByAdministrator } from '../core/approval/endings-by-administrator.ts';
import type { ClientUses } from '../core/client/client-uses.ts';
import type { Registrations } from '../core/client/registrations.ts';
import type { Devices } from '../core/device/devices.ts';
import type { AccountChanges } from '../core/email/account-changes.ts';
import type { SigningKeys } from '../core/key/signing-keys.ts';
import type { Links } from '../core/link/links.ts';
import type { Statistics } from '../core/statistics/statistics.ts';
import { adminAccountOperations } from '../http/admin/accounts.ts';
import { type AdminDeps, createAdminRoutes } from '../http/admin/admin-routes.ts';
import { adminCallerOperations } from '../http/admin/caller.ts';
import { adminClientOperations } from '../http/admin/clients.ts';
import { createIdempotency } from '../http/admin/idempotency.ts';
import { adminLinkOperations } from '../http/admin/links.ts';
import { createLogoRoutes } from '../http/admin/logo-routes.ts';
import { adminLogoOperations } from '../http/admin/logos.ts';
import { adminStatisticsOperations } from '../http/admin/statistics.ts';
import { adminSystemOperations } from '../http/admin/system.ts';
import { type ConsoleRoutesDeps, createConsoleRoutes } from '../http/console/console-routes.ts';
import type { State } from '../http/kit/context.ts';
import type { RequestLimits } from '../http/kit/request-limits.ts';
import { createRegistrationRoutes, type RegistrationDeps } from '../http/oidc/registration-routes.ts';
import type { Grants } from '../oidc/grants.ts';

/** What the routes and the operations of the administration API need together. */
export type AdministrationDeps = Omit<AdminDeps, 'operations' | 'idempotency'> &
  ConsoleRoutesDeps & {
    readonly accounts: Accounts;
    readonly approvals: Approvals;
    readonly devices: Devices;
    readonly accountChanges: AccountChanges;
    readonly endingsByAdministrator: EndingsByAdministrator;
    readonly grants: Grants;
    readonly links: Links;
    readonly signingKeys: SigningKeys;
    /** Reads the signing keys now, instead of within seconds. */
    readonly followKeys: () => Promise<void>;
    readonly statistics: Statistics;
    readonly clientUses: ClientUses;
    /** Null when the configuration does not allow dynamic registration. */
    readonly registrations: Registrations | null;
    readonly limits: RequestLimits;
    readonly onRefusal: RegistrationDeps['onRefusal'];
  };

/** Returns the routers of administration, in the order in which they are tried. */
export function createAdministration(given: AdministrationDeps): Router<State>[] {
  const keys = followed(given);
  const deps = { ...given, signingKeys: keys };
  const { registrations } = deps;
  return [
    ...(registrations ? [createRegistrationRoutes({ ...deps, registrations })] : []),
    createLogoRoutes(deps),
    ...createConsoleRoutes(deps),
    createAdminRoutes({
      ...deps,
      operations: [
        ...adminCallerOperations(),
        ...adminClientOperations(deps),
        ...adminLogoOperations(deps),
        ...adminAccountOperations(deps),
        ...adminStatisticsOperations(deps),
        ...adminLinkOperations(deps),
        ...adminSystemOperations({ ...deps, keys, registrations }),
      ],
      idempotency: createIdempotency(deps),
    }),
  ];
}

/** A rotation is answered when this node publishes the new keys. Other nodes follow within seconds. */
const followed = ({ signingKeys, followKeys }: AdministrationDeps): SigningKeys => ({
  ...signingKeys,
  rotate: async (wish) => {
    const rotated = await signingKeys.rotate(wish);
    await followKeys();
    return rotated;
  },
});
