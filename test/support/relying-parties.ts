// Makes docs/relying-parties.md: the code of views/snippets for an example client, one section per library.
// What a person wrote in the page, above its heading "Code by library", is kept.
import { type Client, defaultQrPolicy } from '../../src/core/client/client.ts';
import { type ClientKind, type LibraryId, libraries } from '../../src/http/console/clients/libraries.ts';
import { createSnippets } from '../../src/http/console/clients/snippets.ts';
import { type Locale, messagesOf } from '../../src/i18n/locale.ts';
import type { Text } from '../../src/i18n/messages.ts';
import { fill } from '../../src/i18n/text.ts';

const issuer = 'https://id.example.com';
const origin = 'https://shop.example';
const english: Locale = 'en';

/** The languages of code fences, by the ending of a file's name. */
const fences: Readonly<Record<string, string>> = {
  mjs: 'js',
  py: 'python',
  cs: 'csharp',
  conf: 'apache',
  cfg: 'ini',
};

const kinds: Readonly<Record<ClientKind, string>> = {
  web: 'website with a server',
  spa: 'single-page app',
  native: 'native app',
  screen: 'screen without a keyboard',
  machine: 'machine',
};

/** Redirect URIs that a library chooses itself. */
const paths: Readonly<Partial<Record<LibraryId, string>>> = {
  authjs: '/api/auth/callback/tessera',
  'oauth2-proxy': '/oauth2/callback',
};

function clientFor(library: (typeof libraries)[number]): Client {
  const [kind] = library.suits;
  const grants: Readonly<Partial<Record<ClientKind, string[]>>> = { machine: ['client_credentials'], screen: [] };
  return {
    id: 'my-shop',
    metadata: {
      client_name: 'My shop',
      token_endpoint_auth_method: library.methods[0],
      redirect_uris: kind === 'machine' || kind === 'screen' ? [] : [`${origin}${paths[library.id] ?? '/callback'}`],
      post_logout_redirect_uris: [`${origin}/`],
      grant_types: grants[kind] ?? ['authorization_code'],
      ...(kind === 'screen' && { device_grant: true }),
    },
    secrets: [],
    qr: defaultQrPolicy,
    firstParty: false,
    source: 'registered',
    disabledAt: null,
    createdAt: 0,
    updatedAt: 0,
    revision: 1,
  };
}

const scopeFor = (library: (typeof libraries)[number]): string =>
  library.suits.some((kind) => kind === 'machine') ? 'clients:read' : 'openid profile email';

const generated = '<!-- Generated from views/snippets: npm run generate -->';
const heading = '## Code by library';

/**
 * @param page as it is now; everything up to the heading is kept
 * @returns the page with the code of today
 */
export function relyingPartiesPage(page: string): string {
  const head = `${page.slice(0, page.indexOf(heading))}${heading}`;
  const snippets = createSnippets({ issuer });
  const notes: Readonly<Partial<Record<LibraryId, Text<{ origin: string }>>>> =
    messagesOf[english].console.connect.notes;
  const sections = libraries.map((library) => {
    const { id, label, suits, methods } = library;
    const note = notes[id];
    const files = snippets
      .files(id, clientFor(library), scopeFor(library))
      .map(({ name, text }) => `\`${name}\`\n\n\`\`\`${fenceOf(name)}\n${text}\n\`\`\``);
    return [
      `### ${label}`,
      `For: ${suits.map((kind) => kinds[kind]).join(', ')}. Client authentication: ${methods.map((each) => `\`${each}\``).join(', ')}.`,
      ...(note === undefined ? [] : [fill(note, { origin })]),
      ...files,
    ].join('\n\n');
  });
  return `${head}\n\n${generated}\n\n${sections.join('\n\n')}\n`;
}

function fenceOf(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1);
  return fences[ending] ?? ending;
}
