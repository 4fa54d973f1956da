// Administration of clients: the use-cases of core/client/clients.ts as operations. Every change is recorded
// with who made it.
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Audit } from '../../core/audit/audit.ts';
import { type Client, ClientError } from '../../core/client/client.ts';
import { differenceOf } from '../../core/client/client-difference.ts';
import { describeClient } from '../../core/client/client-entry.ts';
import { clientCreationSchema, clientPatchSchema } from '../../core/client/client-schema.ts';
import { clientSettings, plainName } from '../../core/client/client-settings.ts';
import { neverUsed } from '../../core/client/client-use-store.ts';
import { type ClientUses, withUse } from '../../core/client/client-uses.ts';
import type { Clients } from '../../core/client/clients.ts';
import type { Logos } from '../../core/client/logos.ts';
import { readJson } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { type AdminOperation, fromCursor, pageQuery, toCursor } from './operation.ts';
import { assertMaySwitchOnDevices, assertWithin, expectedRevision, readQuery } from './request.ts';
import { actorOf } from './rights.ts';

/** `clientUses` knows when a client and its secrets were last used; `logos` owns the stored pictures. */
export type AdminClientsDeps = {
  readonly clients: Clients;
  readonly clientUses: ClientUses;
  readonly logos: Logos;
  readonly audit: Audit;
  readonly clock: Clock;
};

const instant = z.int().describe('Epoch seconds.');
/** A secret without its value, which is stored as a hash only. */
const secretInfo = z.object({ id: z.string(), name: z.string(), created_at: instant, expires_at: instant.nullable() });
const lastUse = instant
  .nullable()
  .describe('Time of the last use, exact to a minute. Epoch seconds. Null: no use was recorded.');
/** A client as the API shows it: the entry that a change would take, and what the server adds. */
const clientInfo = z
  .object({
    client_id: z.string(),
    ...clientSettings,
    // These are there for every client.
    redirect_uris: clientSettings.redirect_uris.unwrap(),
    first_party: clientSettings.first_party.unwrap(),
    logo: z.string().nullable().describe('Path of the logo below the issuer. Null: the client has none.'),
    logo_by_client: z
      .boolean()
      .describe('Whether the client provided the logo itself (logo_uri). An upload replaces it for good.'),
    enabled: z.boolean().describe('Whether the client can be used. A disabled client is refused everywhere at once.'),
    source: z
      .enum(['configuration', 'registered'])
      .describe('Origin of the client. A client of the configuration is read-only here.'),
    secrets: z.array(secretInfo.extend({ last_used_at: lastUse })).describe('Valid secrets, without their values.'),
    last_used_at: lastUse,
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'Client', description: 'Settings of the client as they were written, and its state.' });
/** A new secret, shown in this response and never again. */
const oneSecret = z
  .string()
  .nullable()
  .describe('The secret, which is returned only once. Null for a client without secrets.');
/** What the document says of a change. */
const patchShape = clientPatchSchema
  .extend({
    enabled: z
      .boolean()
      .optional()
      .describe('Whether the client can be used. A disabled client is refused everywhere at once.'),
  })
  .describe('Settings to change, as a JSON merge patch (RFC 7396). null resets a setting to its default.');
/** What is read of it. The use-case judges the rest, together with the settings that stay. */
const patchBody = z.looseObject({ enabled: z.boolean().optional() });
/** What a new secret is called, and when it expires. */
const newSecretBody = z.strictObject({
  name: plainName(60).min(1).describe('Name by which people recognize the secret.'),
  expires_in_days: z
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('Lifetime of the secret in days. Absent: the secret is valid until it is revoked.'),
});
/** A client's metadata. The use-case validates them, so that its sentences are the same everywhere. */
const anyObject = z.looseObject({});

/** Lifetimes of secrets are asked for in days. */
const daySeconds = 86_400;

/** @returns the operations of the scopes `clients:read` and `clients:write` */
export function adminClientOperations({
  clients,
  clientUses,
  logos,
  audit,
  clock,
}: AdminClientsDeps): AdminOperation[] {
  /** The client's id in the path. */
  const idOf = (ctx: Context): string => String(ctx.params.id);
  /** The client and its revision, which becomes the ETag. */
  const shown = async (client: Client) => ({ body: (await describeAll([client]))[0], revision: client.revision });

  /** The clients as the API shows them, with their last use. */
  async function describeAll(found: readonly Client[]) {
    const uses = await clientUses.of(found.map(({ id }) => id));
    return found.map((client, i) => withUse(describeClient(client), client, uses[i] ?? neverUsed));
  }

  /** Finds a disabled client too. @throws ClientError `client_not_found` */
  async function find(id: string): Promise<Client> {
    const client = await clients.findAny(id);
    if (!client) throw clientNotFound();
    return client;
  }

  return [
    {
      method: 'get',
      path: '/clients',
      summary: 'List clients, ordered by name',
      scope: 'clients:read',
      query: pageQuery,
      answer: { status: 200, schema: z.object({ clients: z.array(clientInfo), next_cursor: z.string().nullable() }) },
      async run(ctx) {
        const { search, cursor, limit } = readQuery(ctx, pageQuery);
        const page = await clients.page({ search, after: fromCursor(cursor), limit });
        return { body: { clients: await describeAll(page.clients), next_cursor: toCursor(page.cursor) } };
      },
    },
    {
      method: 'post',
      path: '/clients',
      summary: 'Register a client',
      scope: 'clients:write',
      body: clientCreationSchema,
      example: { client_name: 'My shop', redirect_uris: ['https://shop.example/callback'], scope: 'openid profile' },
      refuses: ['client_metadata_invalid', 'client_id_taken'],
      isCreation: true,
      answer: { status: 201, schema: clientInfo.extend({ client_secret: oneSecret }).meta({ id: 'CreatedClient' }) },
      async run(ctx, caller) {
        const input = await readJson(ctx, anyObject);
        assertWithin(caller, input.scope);
        assertMaySwitchOnDevices(caller, input);
        const { client, secret } = await clients.create(input);
        await audit.clientChanged('client.created', { by: actorOf(caller), subject: client.id }, {});
        const body = { ...withUse(describeClient(client), client, neverUsed), client_secret: secret };
        return { body, revision: client.revision, location: `/clients/${encodeURIComponent(client.id)}` };
      },
    },
    {
      method: 'get',
      path: '/clients/{id}',
      summary: 'Read a client',
      scope: 'clients:read',
      refuses: ['client_not_found'],
      answer: { status: 200, schema: clientInfo },
      run: async (ctx) => shown(await find(idOf(ctx))),
    },
    {
      method: 'patch',
      path: '/clients/{id}',
      summary: 'Change, disable or enable a client',
      scope: 'clients:write',
      refuses: ['client_not_found', 'client_read_only', 'client_changed', 'client_metadata_invalid'],
      example: { client_name: 'My new shop', qr_confirmation: 'always', logo_uri: null, enabled: true },
      body: patchShape,
      isConditional: true,
      answer: { status: 200, schema: clientInfo },
      async run(ctx, caller) {
        const { enabled, ...patch } = await readJson(ctx, patchBody);
        const before = await find(idOf(ctx));
        for (const scope of [before.metadata.scope, patch.scope]) assertWithin(caller, scope);
        assertMaySwitchOnDevices(caller, patch, before);
        const client = await clients.update(
          before.id,
          { patch, isDisabled: enabled === undefined ? null : !enabled },
          expectedRevision(ctx, before.revision),
        );
        await audit.clientChanged(
          'client.changed',
          { by: actorOf(caller), subject: client.id },
          differenceOf(before, client),
        );
        return shown(client);
      },
    },
    {
      method: 'delete',
      path: '/clients/{id}',
      summary: 'Delete a client permanently',
      scope: 'clients:write',
      refuses: ['client_not_found', 'client_read_only', 'client_changed'],
      isConditional: true,
      answer: { status: 204 },
      async run(ctx, caller) {
        const client = await find(idOf(ctx));
        assertWithin(caller, client.metadata.scope);
        await logos.forget(await clients.delete(client.id, expectedRevision(ctx, client.revision)));
        await audit.clientChanged('client.deleted', { by: actorOf(caller), subject: idOf(ctx) }, {});
        return {};
      },
    },
    {
      method: 'post',
      path: '/clients/{id}/secrets',
      summary: 'Add a secret, which is valid beside the others',
      scope: 'clients:write',
      refuses: ['client_not_found', 'client_read_only', 'client_metadata_invalid'],
      example: { name: 'web server', expires_in_days: 90 },
      body: newSecretBody,
      isCreation: true,
      answer: {
        status: 201,
        schema: secretInfo.extend({ client_secret: z.string().describe('The secret, which is returned only once.') }),
      },
      async run(ctx, caller) {
        const { name, expires_in_days: days } = await readJson(ctx, newSecretBody);
        assertWithin(caller, (await find(idOf(ctx))).metadata.scope);
        const expiresAt = days === undefined ? null : clock() + days * daySeconds;
        const { client, id, secret } = await clients.addSecret(idOf(ctx), { name, expiresAt });
        await audit.clientChanged('client.secret_added', { by: actorOf(caller), subject: client.id }, { secret: id });
        const info = describeClient(client).secrets.find((each) => each.id === id);
        return { body: { ...info, client_secret: secret }, revision: client.revision };
      },
    },
    {
      method: 'delete',
      path: '/clients/{id}/secrets/{secret}',
      summary: 'Revoke a secret at once',
      scope: 'clients:write',
      refuses: ['client_not_found', 'client_read_only', 'client_secret_not_found'],
      answer: { status: 204 },
      async run(ctx, caller) {
        const secret = String(ctx.params.secret);
        assertWithin(caller, (await find(idOf(ctx))).metadata.scope);
        const client = await clients.revokeSecret(idOf(ctx), secret);
        await audit.clientChanged(
          'client.secret_revoked',
          { by: actorOf(caller), subject: client.id },
          { secret: secret.slice(0, 64) },
        );
        return { revision: client.revision };
      },
    },
  ];
}

/** What an unknown client id is refused with. */
export const clientNotFound = () => new ClientError('client_not_found', 'There is no such client.');
