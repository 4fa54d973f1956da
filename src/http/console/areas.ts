// The areas of the console, and which role may see and change each (security.md E2): administrators all,
// client managers apps only. Auditors see everything and change nothing.
import type { Account, Role } from '../../core/account/account.ts';

/** `path` is the area's first page, which the menu leads to. */
type Rights = { readonly path: string; readonly see: readonly Role[]; readonly change: readonly Role[] };

const everybody: readonly Role[] = ['administrator', 'client-manager', 'auditor'];
const administrators: readonly Role[] = ['administrator'];
const reviewers: readonly Role[] = ['administrator', 'auditor'];
const managers: readonly Role[] = ['administrator', 'client-manager'];

/** In the order of the menu. */
export const areas = {
  /** Shows figures only, so nobody can change it. */
  overview: { path: '/admin/overview', see: everybody, change: [] },
  clients: { path: '/admin/clients', see: everybody, change: managers },
  accounts: { path: '/admin/accounts', see: reviewers, change: administrators },
  invitations: { path: '/admin/invitations', see: ['administrator', 'auditor'], change: ['administrator'] },
  activity: { path: '/admin/activity', see: reviewers, change: [] },
  keys: { path: '/admin/keys', see: reviewers, change: ['administrator'] },
  registration: { path: '/admin/registration', see: everybody, change: managers },
} as const satisfies Readonly<Record<string, Rights>>;

export type Area = keyof typeof areas;

const has = ({ roles }: Account, allowed: readonly Role[]): boolean => roles.some((role) => allowed.includes(role));

/** Whether a role of the account may see the area. */
export const canSee = (account: Account, area: Area): boolean => has(account, areas[area].see);
/** Whether anything in the area can be changed, by anybody. */
export const isForChanges = (area: Area): boolean => areas[area].change.length > 0;
/** Whether a role of the account may change the area. */
export const canChange = (account: Account, area: Area): boolean => has(account, areas[area].change);

/** The claims that an app would get are about a person, and client managers administer no people. */
export const mayPreviewClaims = (account: Account): boolean => has(account, ['administrator', 'auditor']);

/** The areas that the menu shows to this account. */
export const areasOf = (account: Account): Area[] =>
  (Object.keys(areas) as Area[]).filter((area) => canSee(account, area));
