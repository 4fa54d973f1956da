// Who did something, as facts of an audit record. An id is recorded together with its kind, because a relying
// party may choose an id that equals an account's, or the word `cli` (security.md H5).

/** The published kinds of `by_kind`. */
export type ActorKind = 'account' | 'client' | 'cli' | 'configuration' | 'environment';

export type Actor = { readonly by: string; readonly by_kind: ActorKind };

export const byAccount = ({ id }: { readonly id: string }): Actor => ({ by: id, by_kind: 'account' });
export const byClient = (id: string): Actor => ({ by: id, by_kind: 'client' });
/** The command line on the server's own machine, which has no user name. */
export const byCommandLine: Actor = { by: 'cli', by_kind: 'cli' };
export const byConfiguration: Actor = { by: 'configuration', by_kind: 'configuration' };
export const byEnvironment: Actor = { by: 'environment', by_kind: 'environment' };
