// What belongs to an account, as rows of its owner's pages: in words, shortened, limited in number. Nothing
// in a row lets anybody sign in.
import { type Approval, methodOf } from '../../core/approval/approval.ts';
import type { Client } from '../../core/client/client.ts';
import { logoPathOf } from '../../core/client/client.ts';
import type { KnownBrowser } from '../../core/device/browser.ts';
import type { Device } from '../../core/device/device.ts';
import type { PlaceOf } from '../../core/place/place.ts';
import { nameInWords } from '../../i18n/agents.ts';
import { messagesOf } from '../../i18n/locale.ts';
import { placeName } from '../../i18n/places.ts';
import { describeScopes } from '../../i18n/scopes.ts';
import type { AccountGrant, Grants } from '../../oidc/grants.ts';
import { plainText } from '../../plain-text.ts';
import type { Context } from '../kit/context.ts';
import type { AccountView } from './account-view.ts';
import type { BlockedRow, BrowserRow, DeviceRow, SiteRow } from './own-views.ts';
import type { Owner } from './owner.ts';

export type AccountRowsDeps = {
  readonly view: AccountView;
  readonly grants: Grants;
  readonly placeOf: PlaceOf;
  /** Finds disabled clients too. */
  readonly clients: { readonly findAny: (id: string) => Promise<Client | null> };
};

export type AccountRows = ReturnType<typeof createAccountRows>;

/** Characters of a name that a client, browser or device chose itself. */
const maxName = 100;
/** How many grants of one account are read. */
const maxGrants = 200;

export function createAccountRows({ view, grants, clients, placeOf }: AccountRowsDeps) {
  /** "2 minutes ago", in the owner's language. */
  const ago = (ctx: Context, { account }: Owner, at: number) => view.ago(ctx, account, at);

  /** All grants to one app as one row: every scope of any of them, first granted, last used. */
  async function siteRow(
    ctx: Context,
    owner: Owner,
    clientId: string,
    given: readonly AccountGrant[],
  ): Promise<SiteRow> {
    const client = await clients.findAny(clientId);
    const used = Math.max(...given.map(({ lastUsedAt }) => lastUsedAt ?? 0));
    const scopes = [...new Set(given.flatMap((grant) => grant.scopes))];
    return {
      id: clientId,
      site: plainText(client?.metadata.client_name, maxName) || clientId,
      logo: client && logoPathOf(client),
      scopes: describeScopes(scopes, view.localeOf(ctx, owner.account)),
      since: ago(ctx, owner, Math.min(...given.map(({ grantedAt }) => grantedAt))),
      lastUsed: used === 0 ? null : ago(ctx, owner, used),
    };
  }

  return {
    /** A browser or a screen that is signed in. */
    browser: (ctx: Context, owner: Owner, approval: Approval): BrowserRow => ({
      id: approval.id,
      method: messagesOf[view.localeOf(ctx, owner.account)].home.methods[methodOf(approval)],
      site: plainText(approval.clientName, maxName) || approval.clientId,
      name: nameInWords(
        plainText(approval.browserName, maxName),
        messagesOf[view.localeOf(ctx, owner.account)].screen.unknown,
      ),
      system: plainText(approval.browserSystem, maxName),
      network: approval.browserAddress,
      place: placeName(approval.browserPlace, view.localeOf(ctx, owner.account)),
      isTrusted: approval.trusted,
      isScreen: approval.kind === 'screen',
      when: ago(ctx, owner, approval.approvedAt),
    }),

    /** A browser that the owner reported. */
    blocked: (ctx: Context, owner: Owner, { browserHash, blockedAs, blockedAt }: KnownBrowser): BlockedRow => ({
      id: browserHash,
      name: blockedAs
        ? nameInWords(plainText(blockedAs.name, maxName), messagesOf[view.localeOf(ctx, owner.account)].screen.unknown)
        : null,
      system: plainText(blockedAs?.system, maxName),
      isScreen: blockedAs?.isScreen === true,
      when: ago(ctx, owner, blockedAt ?? 0),
    }),

    /** A signed-in device. */
    device: (ctx: Context, owner: Owner, device: Device): DeviceRow => ({
      id: device.id,
      name: plainText(device.label ?? device.name, maxName),
      kind: plainText(device.name, maxName),
      isHere: device.id === owner.device.id,
      isApp: device.secretHash === null,
      network: device.address,
      place: placeName(placeOf(device.address), view.localeOf(ctx, owner.account)),
      first: ago(ctx, owner, device.createdAt),
      lastUsed: ago(ctx, owner, device.lastUsedAt),
    }),

    /** One row per app that was granted anything. */
    async sites(ctx: Context, owner: Owner): Promise<SiteRow[]> {
      const given = Map.groupBy(await grants.list(owner.account.id, maxGrants), ({ clientId }) => clientId);
      return Promise.all([...given].map(([clientId, own]) => siteRow(ctx, owner, clientId, own)));
    },
  };
}
