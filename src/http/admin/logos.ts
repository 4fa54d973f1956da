// The logo of a client by the administration API. The body is the picture itself, and it is checked as the
// console's upload is.
import { z } from 'zod';
import type { Audit } from '../../core/audit/audit.ts';
import { type Client, logoPathOf } from '../../core/client/client.ts';
import type { Clients } from '../../core/client/clients.ts';
import { logoTypes } from '../../core/client/logo.ts';
import type { Logos } from '../../core/client/logos.ts';
import type { Context } from '../kit/context.ts';
import { readPicture } from '../kit/picture-body.ts';
import { clientNotFound } from './clients.ts';
import type { AdminCaller, AdminOperation } from './operation.ts';
import { assertWithin, expectedRevision } from './request.ts';
import { actorOf } from './rights.ts';

export type AdminLogosDeps = { readonly clients: Clients; readonly logos: Logos; readonly audit: Audit };

/** The path that shows the logo; null without one. */
const logoInfo = z.object({
  client_id: z.string(),
  logo: z.string().describe('Path of the logo below the issuer. The content of a path never changes.'),
});

/** @returns the operations that set and remove a logo, of the scope `clients:write` */
export function adminLogoOperations({ clients, logos, audit }: AdminLogosDeps): AdminOperation[] {
  /**
   * Changes the logo and records it.
   * @throws HttpError `scope_insufficient` to a caller who may do less than the client may
   */
  async function change(ctx: Context, caller: AdminCaller, work: (client: Client) => Promise<Client>): Promise<Client> {
    const before = await clients.findAny(String(ctx.params.id));
    if (!before) throw clientNotFound();
    assertWithin(caller, before.metadata.scope);
    const client = await work(before);
    const facts = { logo: `${before.logo?.hash ?? null} -> ${client.logo?.hash ?? null}` };
    await audit.clientChanged('client.changed', { by: actorOf(caller), subject: client.id }, facts);
    return client;
  }

  return [
    {
      method: 'put',
      path: '/clients/{id}/logo',
      summary: 'Upload the logo of a client: PNG, JPEG, WebP or safe SVG, at most 100 KiB and 1024 × 1024 pixels',
      scope: 'clients:write',
      fileTypes: logoTypes,
      refuses: [
        'client_not_found',
        'client_read_only',
        'client_changed',
        'logo_too_large',
        'logo_type_unsupported',
        'logo_type_mismatch',
        'logo_broken',
        'logo_side_too_long',
        'logo_unsafe',
      ],
      isConditional: true,
      answer: { status: 200, schema: logoInfo },
      async run(ctx, caller) {
        const picture = await readPicture(ctx);
        const client = await change(ctx, caller, ({ id, revision }) =>
          logos.set(id, picture, expectedRevision(ctx, revision)),
        );
        return { body: { client_id: client.id, logo: logoPathOf(client) }, revision: client.revision };
      },
    },
    {
      method: 'delete',
      path: '/clients/{id}/logo',
      summary: 'Remove the logo of a client',
      refuses: ['client_not_found', 'client_read_only', 'client_changed'],
      scope: 'clients:write',
      isConditional: true,
      answer: { status: 204 },
      async run(ctx, caller) {
        const client = await change(ctx, caller, ({ id, revision }) =>
          logos.remove(id, expectedRevision(ctx, revision)),
        );
        return { revision: client.revision };
      },
    },
  ];
}
