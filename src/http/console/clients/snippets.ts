// Code to paste into an app, filled in with its own values. Each file of views/snippets/<library>/ is one,
// with .txt behind its real name.
// `<%= %>` in it writes a whole literal of its language (quoting.ts).
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { type Client, usesSecret } from '../../../core/client/client.ts';
import { clientKindOf, type LibraryId, libraries, placeholderSecret } from './libraries.ts';
import { quoterFor } from './quoting.ts';

export type SnippetFile = { readonly name: string; readonly text: string };

const folder = new URL('../../../../views/snippets/', import.meta.url);
/** Names that differ on disk from those in an app. */
const realNames: Readonly<Record<string, string>> = {
  'app/api/auth/nextauth/route.js': 'app/api/auth/[...nextauth]/route.js',
};

/** Compiles all files. @throws Error when one does not compile */
export function createSnippets({ issuer }: { issuer: string }) {
  const files = new Map<LibraryId, { name: string; render: (values: object) => string }[]>();
  for (const { id } of libraries) files.set(id, load(id));

  return {
    /** The files of a library, filled in for this client. */
    files: (id: LibraryId, client: Client, scope: string): SnippetFile[] => {
      const values = valuesOf(issuer, client, scope);
      return (files.get(id) ?? []).map(({ name, render }) => ({ name, text: render(values).trimEnd() }));
    },
  };
}

/** The compiled files of one library. */
function load(id: LibraryId) {
  const path = fileURLToPath(new URL(`${id}/`, folder));
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.txt'));
  return names.sort().map((file) => {
    const name = file.slice(0, -'.txt'.length);
    const eta = new Eta({ autoEscape: true, autoTrim: false, escapeFunction: quoterFor(name) });
    eta.loadTemplate('@snippet', readFileSync(`${path}/${file}`, 'utf8'));
    return { name: realNames[name] ?? name, render: (values: object) => eta.render('@snippet', values) };
  });
}

/** What a file may be filled in with. A machine has no redirect URI, and a native app's has no host. */
function valuesOf(issuer: string, client: Client, scope: string) {
  const { id, metadata } = client;
  const [redirectUri = 'https://relying-party.example/callback'] = metadata.redirect_uris;
  const url = new URL(redirectUri);
  const [postLogoutUri = null] = Array.isArray(metadata.post_logout_redirect_uris)
    ? metadata.post_logout_redirect_uris
    : [];
  const isMachine = clientKindOf(client) === 'machine';
  return {
    issuer,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    tokenEndpoint: `${issuer}/token`,
    deviceEndpoint: `${issuer}/device/auth`,
    adminResource: `${issuer}/admin`,
    adminApi: `${issuer}/admin/v1/clients?limit=1`,
    isHttp: issuer.startsWith('http:'),
    clientId: id,
    secret: placeholderSecret,
    hasSecret: usesSecret(metadata),
    method: String(metadata.token_endpoint_auth_method ?? 'client_secret_basic'),
    // RFC 6749 §2.3.1 encodes the id for the form.
    basicCredentials: `${encodeURIComponent(id)}:${placeholderSecret}`,
    isMachine,
    isBound: metadata.dpop_bound_access_tokens === true,
    redirectUri,
    redirectPath: url.pathname || '/',
    redirectRoute: url.pathname.replace(/^\//, ''),
    redirectHost: url.hostname || 'relying-party.example',
    authjsId: /\/callback\/([\w-]+)$/.exec(url.pathname)?.[1] ?? 'tessera',
    postLogoutUri,
    scope,
    scopes: scope.split(' '),
  };
}
