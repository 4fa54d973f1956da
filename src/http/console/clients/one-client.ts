// What the pages beside a client's own page (connect, try it, claims) share: which client, and how it is
// named.
import { type Client, ClientError } from '../../../core/client/client.ts';
import type { Clients } from '../../../core/client/clients.ts';
import { plainText } from '../../../plain-text.ts';
import type { Context } from '../../kit/context.ts';
import { kindOf } from './client-kinds.ts';
import type { ClientHead } from './clients-views.ts';

/** The client of `:id` in the path, a disabled one too. @throws ClientError `client_not_found` */
export async function clientOf(ctx: Context, clients: Clients): Promise<Client> {
  const client = await clients.findAny(String(ctx.params.id));
  if (!client) throw new ClientError('client_not_found', 'There is no such client.');
  return client;
}

/** What the views of these pages show of it. */
export const clientHead = ({ id, metadata }: Client): ClientHead => ({
  id,
  name: plainText(metadata.client_name, 60) || id,
  path: clientPath(id),
  isScreen: kindOf(metadata) === 'screen',
});

/** The path of a client's page. */
export const clientPath = (id: string): string => `/admin/clients/${encodeURIComponent(id)}`;
