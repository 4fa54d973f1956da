// Apps as rows of the console's pages, in words. Nothing in a row lets anybody authenticate as the app.
import type { Client } from '../../../core/client/client.ts';
import { type ClientUse, neverUsed } from '../../../core/client/client-use-store.ts';
import { lastUsedAt } from '../../../core/client/client-uses.ts';
import { hostOf } from '../../../core/client/redirect-uri.ts';
import type { Context } from '../../kit/context.ts';
import type { ConsoleView } from '../console-view.ts';
import type { ClientRow, SecretRow } from './clients-views.ts';
import { clientHead } from './one-client.ts';

export function createClientRows(view: ConsoleView) {
  const { ago } = view;
  const words = (ctx: Context) => view.words(ctx).clients;

  /** The client as a row of the list. */
  function rowOf(ctx: Context, client: Client): ClientRow {
    const origin = client.registration
      ? words(ctx).byItself
      : client.source === 'configuration'
        ? words(ctx).byFile
        : null;
    const [uri] = client.metadata.redirect_uris;
    const host = uri === undefined ? '' : hostOf(uri);
    return {
      id: client.id,
      name: clientHead(client).name,
      host,
      origin,
      isOn: client.disabledAt === null,
      signsInScreens: client.metadata.device_grant === true,
      when: ago(ctx, client.updatedAt),
    };
  }

  /** When it was last used, in words; null if never. */
  function usedAgo(ctx: Context, client: Client, use: ClientUse = neverUsed): string | null {
    const at = lastUsedAt(client, use);
    return at === null ? null : ago(ctx, at);
  }

  /** The secrets, without their values. */
  function secretRows(ctx: Context, client: Client, { secretsUsedAt }: ClientUse): SecretRow[] {
    return client.secrets.map(({ id, name, hash, createdAt, expiresAt }) => ({
      id,
      name,
      when: ago(ctx, createdAt),
      until: expiresAt === null ? null : ago(ctx, expiresAt),
      used: secretsUsedAt[hash] === undefined ? null : ago(ctx, secretsUsedAt[hash]),
    }));
  }

  return { row: rowOf, used: usedAgo, secrets: secretRows };
}
