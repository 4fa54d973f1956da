// What the schema cannot say: rules between settings. They look at the unchecked input, so that a mistake elsewhere hides none of them.
// Every sentence says how to fix it.
import { redirectUriProblem, webUriProblem } from './client/redirect-uri.ts';
import { type ClientEntry, clientSchema } from './config-client.ts';

export type Problem = { readonly path: string; readonly message: string };

type Input = {
  readonly environment?: unknown;
  readonly issuer?: unknown;
  readonly demo?: {
    readonly accounts?: unknown;
    readonly relying_party?: { readonly enabled?: unknown } | null;
  } | null;
  readonly clients?: unknown;
};

/** @param input the merged configuration, however wrong. */
export function problemsBetweenSettings(input: unknown): Problem[] {
  const { environment, issuer, demo, clients } = (input ?? {}) as Input;
  const isDevelopment = environment === 'development';
  return [
    ...issuerProblems(issuer, isDevelopment),
    ...(isDevelopment ? [] : demoProblems(demo)),
    ...clientsProblems(Array.isArray(clients) ? clients : []),
  ];
}

function issuerProblems(issuer: unknown, isDevelopment: boolean): Problem[] {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return [];
  const { protocol, hostname, origin } = new URL(issuer);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal && isDevelopment)) {
    return [{ path: 'issuer', message: 'must begin with https://; http is for localhost in development only' }];
  }
  return issuer === origin ? [] : [{ path: 'issuer', message: `must be an origin alone: ${origin}` }];
}

function demoProblems(demo: Input['demo']): Problem[] {
  const problems: Problem[] = [];
  if (Array.isArray(demo?.accounts) && demo.accounts.length > 0) {
    problems.push({
      path: 'demo.accounts',
      message: 'must be empty in production: everybody knows these passwords; use tessera account add',
    });
  }
  if (demo?.relying_party?.enabled === true) {
    problems.push({
      path: 'demo.relying_party.enabled',
      message: 'must be false in production; register your own clients',
    });
  }
  return problems;
}

function clientsProblems(entries: readonly unknown[]): Problem[] {
  const seen = new Set<string>();
  return entries.flatMap((entry, index) => {
    const { data: client } = clientSchema.safeParse(entry);
    if (!client) return [];
    const at = (key: string, message: string): Problem => ({ path: `clients.${index}.${key}`, message });
    const repeated = seen.has(client.client_id) ? [at('client_id', `is given twice: ${client.client_id}`)] : [];
    seen.add(client.client_id);
    const uris = uriProblems(client).map(([key, message]) => at(key, message));
    const authentication = authenticationProblem(client);
    return [...repeated, ...uris, ...(authentication ? [at(...authentication)] : [])];
  });
}

const redirectKeys = ['redirect_uris', 'post_logout_redirect_uris'] as const;
const webKeys = [
  'client_uri',
  'logo_uri',
  'policy_uri',
  'tos_uri',
  'initiate_login_uri',
  'jwks_uri',
  'backchannel_logout_uri',
  'sector_identifier_uri',
] as const;

/** Security.md E4. */
function uriProblems(client: ClientEntry): [key: string, message: string][] {
  const type = client.application_type ?? 'web';
  const uris = [
    ...redirectKeys.flatMap((key) =>
      (client[key] ?? []).map((uri, index) => [`${key}.${index}`, redirectUriProblem(uri, type)] as const),
    ),
    ...webKeys.map((key) => [key, client[key] === undefined ? null : webUriProblem(client[key])] as const),
  ];
  return uris.flatMap(([key, problem]) => (problem === null ? [] : [[key, problem]]));
}

function authenticationProblem(client: ClientEntry): [key: string, message: string] | null {
  const method = client.token_endpoint_auth_method ?? 'client_secret_basic';
  const hasSecret = (client.client_secret_sha256 ?? []).length > 0;
  if (method === 'none' && hasSecret) {
    return ['client_secret_sha256', 'must be left out: token_endpoint_auth_method none is a client without secret'];
  }
  if (method.startsWith('client_secret') && !hasSecret) {
    return ['client_secret_sha256', 'is missing; a public client says token_endpoint_auth_method: none instead'];
  }
  if (method === 'private_key_jwt' && !client.jwks && !client.jwks_uri) {
    return ['jwks', 'is missing; private_key_jwt needs jwks or jwks_uri'];
  }
  return null;
}
