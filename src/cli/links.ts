// `tessera admin link`, `tessera account invite` and `tessera account reset-link`: links to hand on. Whoever has the machine's command line
// may give roles, and lets the locked-out in again.
import type { Account } from '../core/account/account.ts';
import type { Accounts } from '../core/account/accounts.ts';
import { type InvitationWish, type Link, LinkError, type LinkMaker } from '../core/link/link.ts';
import type { Links } from '../core/link/links.ts';
import { required, UsageError } from './input.ts';

type Values = {
  readonly json: boolean;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
  readonly uses?: string | undefined;
  readonly days?: string | undefined;
  readonly role?: string[] | undefined;
  readonly force: boolean;
};

/** @returns what is printed */
export type LinkCommand = (useCases: { links: Links; accounts: Accounts }, values: Values) => Promise<string>;
export type LinkDeskCommand = (desk: Desk, values: Values) => Promise<string>;

type ShownLink = {
  readonly link: Pick<Link, 'purpose' | 'uses' | 'roles' | 'expiresAt'>;
  readonly address: string;
};
/** What is asked of this machine's store or of a provider elsewhere alike (remote/accounts.ts). */
export type LinkDesk = {
  invite(wish: InvitationWish, by: LinkMaker): Promise<ShownLink>;
  makeResetLink(accountId: string, by: LinkMaker): Promise<ShownLink>;
};
type Desk = {
  readonly links: LinkDesk;
  readonly accounts: { getByUsername(username: string): Promise<Pick<Account, 'id' | 'username'>> };
};

export const linkDeskCommands: Readonly<Record<string, LinkDeskCommand>> = {
  'account invite': invite,
  'account reset-link': resetLink,
};

export const linkCommands: Readonly<Record<string, LinkCommand>> = {
  'admin link': administratorLink,
  ...linkDeskCommands,
};

const by: LinkMaker = { way: 'command_line', name: null };

async function administratorLink({ links }: { links: Links }, values: Values): Promise<string> {
  const made = await links.makeAdministratorLink(by, { isRecovery: values.force }).catch((error: unknown) => {
    if (!(error instanceof LinkError && error.code === 'administrator_exists')) throw error;
    throw new LinkError(error.code, `${error.message} If none of them can sign in any more: --force.`);
  });
  return shown(made, values, 'Become an administrator');
}

async function invite({ links }: Pick<Desk, 'links'>, values: Values): Promise<string> {
  const { name, role: roles } = values;
  const made = await links.invite(
    { name, uses: numberOf(values.uses, '--uses'), days: numberOf(values.days, '--days'), roles },
    by,
  );
  return shown(made, values, `Make an account${made.link.uses > 1 ? ` (${made.link.uses} times)` : ''}`);
}

async function resetLink({ links, accounts }: Desk, values: Values): Promise<string> {
  const { id, username } = await accounts.getByUsername(required(values.username, '--username'));
  return shown(await links.makeResetLink(id, by), values, `Set a new password for ${username}`);
}

function numberOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`${name} is a number from 1.`);
  return Number(text);
}

function shown({ link, address }: ShownLink, { json }: Values, what: string): string {
  const until = new Date(link.expiresAt * 1000).toISOString();
  if (!json) return `${what}, until ${until}:\n${address}`;
  return JSON.stringify({
    link: address,
    purpose: link.purpose,
    uses: link.uses,
    roles: link.roles,
    expires_at: link.expiresAt,
  });
}
