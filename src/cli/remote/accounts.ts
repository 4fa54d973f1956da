// The use-cases of `tessera account …` and `tessera device …` at a provider elsewhere, over its
// administration API. The API finds an account by its id; commands name it by its username.
import { AccountError, normaliseUsername } from '../../core/account/account.ts';
import type { DeviceId } from '../../core/device/device.ts';
import type { AccountDesk, EndingsDesk, ListedAccount, SwitchDesk } from '../accounts.ts';
import type { DeviceDesk } from '../devices.ts';
import type { LinkDesk } from '../links.ts';
import { type AdminApi, type Answer, cursorIn, type Json, listIn, segment } from './admin-api.ts';
import { maxPage } from './clients.ts';
import { RemoteError } from './remote-error.ts';

const pathOf = (id: string) => `/accounts/${segment(id)}`;

/** Accounts. Passwords are not part of the API. */
export function remoteAccounts(api: AdminApi): AccountDesk {
  async function page({
    search,
    after,
    limit,
  }: {
    search?: string | undefined;
    after?: string | undefined;
    limit: number;
  }) {
    const { body } = await api.get('/accounts', { search, cursor: after, limit: Math.min(limit, maxPage) });
    return {
      accounts: listIn(body, 'accounts').map((each) => toAccount({ body: each, revision: 0 })),
      cursor: cursorIn(body),
    };
  }

  return {
    page,
    /**
     * Searches by prefix, and takes the account whose username is equal.
     * @throws AccountError `account_not_found`
     */
    async getByUsername(typed) {
      const username = normaliseUsername(typed);
      for (let after: string | undefined; username; ) {
        const { accounts, cursor } = await page({ search: username, after, limit: maxPage });
        const found = accounts.find((each) => each.username === username);
        if (found) return toAccount(await api.get(pathOf(found.id)));
        if (cursor === null) break;
        after = cursor;
      }
      throw new AccountError('account_not_found', 'There is no account with this username.');
    },
    update: async (id, { emailVerified }, expected) =>
      toAccount(await api.patch(pathOf(id), { email_verified: emailVerified }, expected)),
  };
}

/** Disables and enables an account. The provider records who did it. */
export const remoteSwitch = (api: AdminApi): SwitchDesk => ({
  change: async (id, _patch, { isDisabled, expected }) =>
    toAccount(await api.patch(pathOf(id), { enabled: !isDisabled }, expected)),
});

/** Signs an account out, with the counts that the provider answers. */
export const remoteEndings = (api: AdminApi): EndingsDesk => ({
  async everything({ id }) {
    const { body } = await api.post(`${pathOf(id)}/sign-out`);
    return { devices: Number(body.devices), approvals: Number(body.approvals) };
  },
});

/** Devices. Their address is the network that the provider shows, not the whole address. */
export const remoteDevices = (api: AdminApi): DeviceDesk => ({
  async list(accountId) {
    const { body } = await api.get(`${pathOf(accountId)}/devices`);
    return listIn(body, 'devices').map((each) => ({
      id: String(each.id) as DeviceId,
      name: String(each.name),
      address: String(each.network),
      lastUsedAt: Number(each.last_used_at),
    }));
  },
  remove: async (accountId, id) => void (await api.delete(`${pathOf(accountId)}/devices/${segment(id)}`)),
});

/** Links. @throws RemoteError `remote_unsupported` for an invitation that gives roles */
export const remoteLinks = (api: AdminApi): LinkDesk => ({
  async invite({ name, uses, days, roles = [] }) {
    if (roles.length > 0)
      throw new RemoteError(
        'remote_unsupported',
        'Links that give a role are made in the console, or on the provider’s own machine.',
      );
    const { body } = await api.post('/invitations', { name, uses, days });
    const link = {
      purpose: 'invitation',
      uses: Number(body.uses),
      roles: [],
      expiresAt: Number(body.expires_at),
    } as const;
    return { link, address: String(body.link) };
  },
  async makeResetLink(accountId) {
    const { body } = await api.post(`${pathOf(accountId)}/reset-link`);
    return {
      link: { purpose: 'reset', uses: 1, roles: [], expiresAt: Number(body.expires_at) },
      address: String(body.link),
    };
  },
});

/** An account as the API answers it. */
type Shown = {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly locale: string | null;
  readonly roles: ListedAccount['roles'];
  readonly enabled: boolean;
  readonly created_at: number;
  readonly updated_at: number;
};

/** The API does not answer when an account was disabled, so its last change stands for it. */
function toAccount({ body, revision }: Answer): ListedAccount {
  const shown = body as Shown & Json;
  return {
    id: shown.id as ListedAccount['id'],
    username: shown.username,
    displayName: shown.display_name,
    email: shown.email,
    emailVerified: shown.email_verified,
    locale: shown.locale,
    roles: shown.roles,
    disabledAt: shown.enabled ? null : shown.updated_at,
    createdAt: shown.created_at,
    updatedAt: shown.updated_at,
    revision,
  };
}
