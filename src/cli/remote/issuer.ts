// Decides whether a command works at a provider elsewhere, named by its issuer, or on the store of this
// machine.
import { UsageError } from '../usage-error.ts';

type Values = { readonly issuer?: string | undefined };

/** The issuer of `--issuer`, else of TESSERA_REMOTE. Null: the store of this machine. @throws UsageError */
export function remoteIssuer({ issuer }: Values, env: NodeJS.ProcessEnv): string | null {
  if (issuer !== undefined) return parseIssuer(issuer, '--issuer');
  return env.TESSERA_REMOTE ? parseIssuer(env.TESSERA_REMOTE, 'TESSERA_REMOTE') : null;
}

/**
 * OIDC Discovery §3: https without query and fragment. http is allowed to this machine only.
 * @throws UsageError
 */
function parseIssuer(text: string, name: string): string {
  const url = URL.parse(text);
  if (!url || url.search || url.hash || url.username || url.password)
    throw new UsageError(`${name} must be an address such as https://id.example.com.`);
  if (!isSafeEndpoint(url)) throw new UsageError(`${name} must begin with https://.`);
  return url.href.replace(/\/$/, '');
}

/** True when tokens may be sent there. */
export const isSafeEndpoint = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isThisMachine(hostname));

const isThisMachine = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
