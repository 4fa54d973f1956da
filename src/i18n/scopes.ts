// Describes scopes for people. A scope without a sentence is shown by its name, so no scope is ever hidden.
import { type Locale, messagesOf } from './locale.ts';

/** A scope with its sentence. `description` is the name where there is no sentence. */
export type ScopeWords = { readonly name: string; readonly description: string };

/** Describes each scope, in the order of `scopes`. */
export function describeScopes(scopes: readonly string[], locale: Locale): ScopeWords[] {
  const words: Readonly<Record<string, string | undefined>> = messagesOf[locale].scopes;
  return scopes.map((name) => ({ name, description: words[name] ?? name }));
}
