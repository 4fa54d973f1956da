// What administers: the console, the API under `/admin/v1`, and relying parties that register themselves, plugged together over the same use-cases.
import type Router from '@koa/router';
import type { Accounts } from '../account/accounts.ts';
import type { Approvals } from '../approval/approvals.ts';
import type { Endings } from '../approval/endings.ts';
import type { ClientUses } from '../client/client-uses.ts';
import type { Registrations } from '../client/registrations.ts';
import type { Devices } from '../device/devices.ts';
import type { AccountChanges } from '../email/account-changes.ts';
import { type AdminDeps, createAdminRoutes } from '../http/admin.ts';
import { adminAccountOperations } from '../http/admin-accounts.ts';
import { adminCallerOperations } from '../http/admin-caller.ts';
import { adminClientOperations } from '../http/admin-clients.ts';
import { adminLinkOperations } from '../http/admin-links.ts';
import { adminLogoOperations } from '../http/admin-logos.ts';
import { adminStatisticsOperations } from '../http/admin-statistics.ts';
import { adminSystemOperations } from '../http/admin-system.ts';
import { type ConsoleRoutesDeps, createConsoleRoutes } from '../http/console/console-routes.ts';
import type { State } from '../http/context.ts';
import { createIdempotency } from '../http/idempotency.ts';
import { createLogoRoutes } from '../http/logo-routes.ts';
import { createRegistrationRoutes } from '../http/registration.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { Links } from '../link/links.ts';
import type { Grants } from '../oidc/grants.ts';
import type { SigningKeys } from '../oidc/keys.ts';
import type { Statistics } from '../statistics/statistics.ts';

export type AdministrationDeps = Omit<AdminDeps, 'operations' | 'idempotency'> &
  ConsoleRoutesDeps & {
    readonly accounts: Accounts;
    readonly approvals: Approvals;
    readonly devices: Devices;
    readonly accountChanges: AccountChanges;
    readonly endings: Endings;
    readonly grants: Grants;
    readonly links: Links;
    readonly signingKeys: SigningKeys;
    readonly statistics: Statistics;
    readonly clientUses: ClientUses;
    /** Null where nobody may register (configuration). */
    readonly registrations: Registrations | null;
    readonly limits: RequestLimits;
  };

export function createAdministration(deps: AdministrationDeps): Router<State>[] {
  const { registrations, signingKeys: keys } = deps;
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
