// Rules that the schema cannot express, mostly between settings. They read the unvalidated input, so that a
// mistake elsewhere hides none of them. Every message says how to fix the problem.
import { spellCommand } from '../command-name.ts';

/**
 * One mistake. `path` is a key, a variable or a file; `message` continues the sentence that begins with it.
 */
export type Problem = { readonly path: string; readonly message: string };

/** The settings that these rules read, unvalidated. */
type Input = {
  readonly environment?: unknown;
  readonly issuer?: unknown;
  readonly demo?: {
    readonly accounts?: unknown;
    readonly relying_party?: { readonly enabled?: unknown } | null;
  } | null;
  readonly clients?: unknown;
  readonly mail?: { readonly smtp_url?: unknown; readonly from?: unknown } | null;
};

/** Returns every violated rule. @param input the configuration with the variables applied; may be invalid */
export function problemsBetweenSettings(input: unknown): Problem[] {
  const { environment, issuer, demo, clients, mail } = (input ?? {}) as Input;
  const isDevelopment = environment === 'development';
  return [
    ...issuerProblems(issuer, isDevelopment),
    ...(isDevelopment ? [] : demoProblems(demo)),
    ...mailProblems(mail),
    ...clientsProblems(Array.isArray(clients) ? clients : []),
  ];
}

/**
 * OpenID Connect Core §2: the issuer is an https URL. Ours has no path, so that it can be the origin of its
 * pages.
 */
function issuerProblems(issuer: unknown, isDevelopment: boolean): Problem[] {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return [];
  const { protocol, hostname, origin } = new URL(issuer);
  const isLocal = hostname === 'localhost' || hostname === '127.0.0.1';
  if (protocol !== 'https:' && !(protocol === 'http:' && isLocal && isDevelopment)) {
    return [{ path: 'issuer', message: 'must begin with https://; http is for localhost in development only' }];
  }
  return issuer === origin ? [] : [{ path: 'issuer', message: `must be an origin alone: ${origin}` }];
}

/** The URL of the mail server must not contain the password, since a configuration may be shown. */
function mailProblems(mail: Input['mail']): Problem[] {
  const url = mail?.smtp_url;
  if (typeof url !== 'string') return [];
  const path = 'mail.smtp_url';
  if (!URL.canParse(url) || new URL(url).hostname === '')
    return [{ path, message: 'is not a URL, such as smtp://tessera@mail.example.com:587' }];
  const { password, searchParams } = new URL(url);
  const unknown = [...searchParams].some(([name, value]) => name !== 'tls' || !['off', 'required'].includes(value));
  return [
    ...(password === '' ? [] : [{ path, message: 'must not hold the password; put it into TESSERA_MAIL_PASSWORD' }]),
    ...(unknown ? [{ path, message: 'may end in ?tls=off or ?tls=required, and in nothing else' }] : []),
    ...(typeof mail?.from === 'string'
      ? []
      : [{ path: 'mail.from', message: 'is missing: the address of the sender' }]),
  ];
}

/** Demo accounts have public passwords, so production rejects them. */
function demoProblems(demo: Input['demo']): Problem[] {
  const problems: Problem[] = [];
  if (Array.isArray(demo?.accounts) && demo.accounts.length > 0) {
    problems.push({
      path: 'demo.accounts',
      message: `must be empty in production: everybody knows these passwords; use ${spellCommand('account add')}`,
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
  const seen = new Set<unknown>();
  return entries.flatMap((entry, index) => {
    const id = (entry as { client_id?: unknown } | null)?.client_id;
    const isRepeated = id !== undefined && seen.has(id);
    seen.add(id);
    return isRepeated ? [{ path: `clients.${index}.client_id`, message: `is given twice: ${id}` }] : [];
  });
}
