// The console's areas, and which role may see and change each (security.md E2): administrators all, client managers relying parties alone,
// auditors see all and change nothing.
import type { Account, Role } from '../../core/account/account.ts';

type Rights = { readonly path: string; readonly see: readonly Role[]; readonly change: readonly Role[] };

const everybody: readonly Role[] = ['administrator', 'client-manager', 'auditor'];
const administrators: readonly Role[] = ['administrator'];
const reviewers: readonly Role[] = ['administrator', 'auditor'];
/** Those whom everything that happens concerns. */
const watchers: readonly Role[] = ['administrator', 'auditor'];
const managers: readonly Role[] = ['administrator', 'client-manager'];

/** In the order of the menu; `path` is the area's first page, which the menu leads to. */
export const areas = {
  /** Nothing to change there. */
  overview: { path: '/admin/overview', see: everybody, change: [] },
  clients: { path: '/admin/clients', see: everybody, change: managers },
  accounts: { path: '/admin/accounts', see: reviewers, change: administrators },
  invitations: { path: '/admin/invitations', see: ['administrator', 'auditor'], change: ['administrator'] },
  activity: { path: '/admin/activity', see: watchers, change: [] },
  keys: { path: '/admin/keys', see: watchers, change: ['administrator'] },
  registration: { path: '/admin/registration', see: everybody, change: managers },
} as const satisfies Readonly<Record<string, Rights>>;

export type Area = keyof typeof areas;

const has = ({ roles }: Account, allowed: readonly Role[]): boolean => roles.some((role) => allowed.includes(role));

export const canSee = (account: Account, area: Area): boolean => has(account, areas[area].see);
/** Whether there is anything to change at all, for anybody. */
export const isForChanges = (area: Area): boolean => areas[area].change.length > 0;
export const canChange = (account: Account, area: Area): boolean => has(account, areas[area].change);

/** Whose claims a client would get is about a person, whom client managers administer nothing of. */
export const mayPreviewClaims = (account: Account): boolean => has(account, ['administrator', 'auditor']);

/** What the menu shows to this account. */
export const areasOf = (account: Account): Area[] =>
  (Object.keys(areas) as Area[]).filter((area) => canSee(account, area));
