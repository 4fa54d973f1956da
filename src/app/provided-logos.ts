// Wires the logos that apps provide themselves (core/client/provided-logos.ts): the guarded fetch, the limit
// of each client, and the audit trail.
import type { Config } from '../config/config.ts';
import { byClient } from '../core/audit/actor.ts';
import type { Audit } from '../core/audit/audit.ts';
import type { Clients } from '../core/client/clients.ts';
import type { Logos } from '../core/client/logos.ts';
import { createProvidedLogos, type ProvidedLogos } from '../core/client/provided-logos.ts';
import type { Limits } from '../core/limit/limit.ts';
import { bareAddress } from '../core/refusal/refusal.ts';
import type { Log } from '../log.ts';
import { createAddressGuard } from '../outbound/address-guard.ts';
import { createPictureFetch } from '../outbound/picture-fetch.ts';

export type OpenProvidedLogosDeps = {
  readonly config: Config;
  readonly clients: Clients;
  readonly logos: Logos;
  readonly audit: Audit;
  readonly limits: Limits;
  readonly log: Log;
};

/** An app that changes its `logo_uri` in a loop must not make this server send requests in a loop. */
const fetchesOfClient = { name: 'logo fetches of client', points: 10, windowSeconds: 3600 };

export function openProvidedLogos({
  config,
  clients,
  logos,
  audit,
  limits,
  log,
}: OpenProvidedLogosDeps): ProvidedLogos {
  const guard = createAddressGuard({ isInsideAllowed: config.http.outbound_private_networks });
  const whose = (clientId: string) => ({ by: byClient(clientId), subject: clientId });
  return createProvidedLogos({
    clients,
    logos,
    fetchPicture: createPictureFetch({ guard }),
    countFetch: (clientId) => limits.use(fetchesOfClient, clientId),
    onProvided: ({ id, logo }, before) =>
      audit.clientChanged('client.changed', whose(id), { logo: `${before} -> ${logo?.hash ?? null}` }),
    onRefused: ({ clientId, uri, reason }) =>
      audit.clientChanged('client.logo_refused', whose(clientId), { reason, logo_uri: bareAddress(uri) }),
    onError: (error) => log.error({ err: error }, 'a refused logo could not be recorded'),
  });
}
