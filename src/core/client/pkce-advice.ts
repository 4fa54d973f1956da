// What the console advises about PKCE, from what the sign-ins of a client used lately. Pure.
import { type Client, isPublic } from './client.ts';
import type { ClientUse, SignInProtection } from './client-use-store.ts';

/**
 * `require`: every sign-in of the last 30 days used PKCE, so requiring it breaks nothing. `unprotected`: one
 * of them used neither PKCE nor a nonce, so a stolen code could be injected (RFC 9700 §2.1.1).
 */
export type PkceAdvice = 'require' | 'unprotected';

/** Days that count as lately. */
export const pkceAdviceDays = 30;
const daySeconds = 86_400;

/** Returns null where nothing is to be said: PKCE is required already, or nobody signed in lately. */
export function pkceAdviceOf(
  client: Client,
  { protectionUsedAt }: ClientUse,
  { now, isRequiredOfAll }: { readonly now: number; readonly isRequiredOfAll: boolean },
): PkceAdvice | null {
  if (isRequiredOfAll || isPublic(client.metadata) || client.metadata.require_pkce === true) return null;
  const isRecent = (protection: SignInProtection): boolean =>
    (protectionUsedAt[protection] ?? Number.NEGATIVE_INFINITY) > now - pkceAdviceDays * daySeconds;
  if (isRecent('neither')) return 'unprotected';
  return !isRecent('nonce') && (isRecent('pkce') || isRecent('pkce+nonce')) ? 'require' : null;
}
