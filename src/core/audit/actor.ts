// Who did something, as facts of a record: an id means nothing without its kind, since a relying party may choose an id that is an account's,
// or a word that means the command line (security.md H5).

export type ActorKind = 'account' | 'client' | 'cli' | 'configuration' | 'environment';

export type Actor = { readonly by: string; readonly by_kind: ActorKind };

export const byAccount = ({ id }: { readonly id: string }): Actor => ({ by: id, by_kind: 'account' });
export const byClient = (id: string): Actor => ({ by: id, by_kind: 'client' });
/** The machine's own terminal knows no name. */
export const byCommandLine: Actor = { by: 'cli', by_kind: 'cli' };
export const byConfiguration: Actor = { by: 'configuration', by_kind: 'configuration' };
export const byEnvironment: Actor = { by: 'environment', by_kind: 'environment' };
