// The use-cases of `tessera client …` at a provider elsewhere, over its administration API. The provider
// records who changed what, so nothing is recorded here.

import type { Clock } from '../../clock.ts';
import type { Client } from '../../core/client/client.ts';
import { settingsOf } from '../../core/client/client-entry.ts';
import type { ClientInput } from '../../core/client/client-schema.ts';
import type { ClientDesk, LogoDesk } from '../clients.ts';
import { UsageError } from '../usage-error.ts';
import { type AdminApi, type Answer, cursorIn, type Json, listIn, segment } from './admin-api.ts';
import { ProviderRefusal } from './remote-error.ts';

const daySeconds = 86_400;
/** The largest page of the API's lists. */
export const maxPage = 100;

/** Clients. Their secrets have no digest here. @throws ProviderRefusal with the codes of the API */
export function remoteClients(api: AdminApi, clock: Clock): ClientDesk {
  const pathOf = (id: string) => `/clients/${segment(id)}`;
  const find = async (id: string): Promise<Client> => toClient(await api.get(pathOf(id)));

  return {
    findAny: (id) => find(id).catch(nullIfUnknown),

    async page({ search, after, limit }) {
      const query = { search, cursor: after, limit: Math.min(limit, maxPage) };
      const { body } = await api.get('/clients', query);
      return {
        clients: listIn(body, 'clients').map((each) => toClient({ body: each, revision: 0 })),
        cursor: cursorIn(body),
      };
    },

    async create(input) {
      const { body, revision } = await api.post('/clients', input as Json);
      const { client_secret: secret, ...shown } = body;
      return { client: toClient({ body: shown, revision }), secret: typeof secret === 'string' ? secret : null };
    },

    update: async (id, { patch = {} }, expected) => toClient(await api.patch(pathOf(id), patch, expected)),

    setDisabled: async (id, isDisabled, expected) =>
      toClient(await api.patch(pathOf(id), { enabled: !isDisabled }, expected)),

    delete: async (id, expected) => void (await api.delete(pathOf(id), expected)),

    async addSecret(id, { name, expiresAt }) {
      const days = expiresAt === null ? undefined : (expiresAt - clock()) / daySeconds;
      const whole = days === undefined ? undefined : Math.round(days);
      if (days !== undefined && (whole === undefined || whole < 1 || Math.abs(days - whole) * daySeconds > 5))
        throw new UsageError('--days must be a whole number of days.');
      const body = { name, ...(whole !== undefined && { expires_in_days: whole }) };
      const made = (await api.post(`${pathOf(id)}/secrets`, body)).body;
      return { client: await find(id), id: String(made.id), secret: String(made.client_secret) };
    },

    async revokeSecret(id, secret) {
      await api.delete(`${pathOf(id)}/secrets/${segment(secret)}`);
      return find(id);
    },
  };
}

/** Logos. */
export function remoteLogos(api: AdminApi): LogoDesk {
  const pathOf = (id: string) => `/clients/${segment(id)}`;
  const shown = async (id: string): Promise<Client> => toClient(await api.get(pathOf(id)));
  return {
    async set(id, picture, expected) {
      await api.put(`${pathOf(id)}/logo`, picture, expected);
      return shown(id);
    },
    async remove(id, expected) {
      await api.delete(`${pathOf(id)}/logo`, expected);
      return shown(id);
    },
    // The provider deletes the logo together with its client.
    forget: async () => undefined,
  };
}

/** A client as the API answers it, besides its settings. */
type Shown = {
  readonly client_id: string;
  readonly enabled: boolean;
  readonly source: Client['source'];
  readonly logo: string | null;
  readonly secrets: readonly { id: string; name: string; created_at: number; expires_at: number | null }[];
  readonly created_at: number;
  readonly updated_at: number;
};

/** The inverse of describeClient. The digest of a secret is '', because no answer contains it. */
function toClient({ body, revision }: Answer): Client {
  const {
    enabled,
    source,
    logo,
    secrets,
    created_at,
    updated_at,
    last_used_at: _use,
    ...settings
  } = body as Shown & Json;
  const hash = logo?.replace('/logo/', '');
  return {
    id: settings.client_id,
    ...settingsOf(settings as ClientInput),
    secrets: (secrets ?? []).map((each) => ({
      id: each.id,
      name: each.name,
      hash: '',
      createdAt: each.created_at,
      expiresAt: each.expires_at,
    })),
    source,
    logo: hash ? { hash, copy: '' } : null,
    disabledAt: enabled ? null : updated_at,
    createdAt: created_at,
    updatedAt: updated_at,
    revision,
  };
}

/** Other refusals are thrown on. */
function nullIfUnknown(error: unknown): null {
  if (error instanceof ProviderRefusal && error.code === 'client_not_found') return null;
  throw error;
}
