// Scopes as a person reads them. A scope without a sentence is shown by its name: it is never hidden and never guessed.
import { type Locale, messagesOf } from './locale.ts';

export type ScopeWords = { readonly name: string; readonly description: string };

/** In the order of `scopes`. */
export function describeScopes(scopes: readonly string[], locale: Locale): ScopeWords[] {
  const words: Readonly<Record<string, string | undefined>> = messagesOf[locale].scopes;
  return scopes.map((name) => ({ name, description: words[name] ?? name }));
}
