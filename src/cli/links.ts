// What `tessera admin link`, `account invite` and `account reset-link` do: they print a link to hand on.
// Who has the command line of the provider's machine may give roles.
import type { Account } from '../core/account/account.ts';
import { type InvitationWish, type Link, LinkError, type LinkMaker } from '../core/link/link.ts';
import type { Links } from '../core/link/links.ts';
import { countOf } from './input.ts';
import { isoOf } from './output.ts';

type Json = { readonly json: boolean };

type ShownLink = {
  readonly link: Pick<Link, 'purpose' | 'uses' | 'roles' | 'expiresAt'>;
  readonly address: string;
};
/** The use-cases that the commands need. A provider elsewhere answers them in remote/accounts.ts. */
export type LinkDesk = {
  invite(wish: InvitationWish, by: LinkMaker): Promise<ShownLink>;
  makeResetLink(accountId: string, by: LinkMaker): Promise<ShownLink>;
};
type Desk = {
  readonly links: LinkDesk;
  readonly accounts: { getByUsername(username: string): Promise<Pick<Account, 'id' | 'username'>> };
};

/** Who made the link, for its page and the audit trail. */
const by: LinkMaker = { way: 'command_line', name: null };

/** `admin link`. @throws LinkError `administrator_exists` without --force */
export async function makeAdministratorLink(
  { links }: { readonly links: Links },
  values: Json & { readonly force: boolean },
): Promise<string> {
  const made = await links.makeAdministratorLink(by, { isRecovery: values.force }).catch((error: unknown) => {
    if (!(error instanceof LinkError && error.code === 'administrator_exists')) throw error;
    throw new LinkError(error.code, `${error.message} If none of them can sign in any more, add --force.`);
  });
  return shown(made, values, 'Become an administrator');
}

/** What `account invite` takes. */
export type InvitationValues = Json & {
  readonly name?: string | undefined;
  readonly uses?: string | undefined;
  readonly days?: string | undefined;
  readonly role?: string[] | undefined;
};

/** `account invite`. @throws LinkError `link_invalid` */
export async function invite({ links }: Pick<Desk, 'links'>, values: InvitationValues): Promise<string> {
  const { name, role: roles } = values;
  const made = await links.invite(
    {
      name,
      uses: values.uses === undefined ? undefined : countOf(values.uses, '--uses'),
      days: values.days === undefined ? undefined : countOf(values.days, '--days'),
      roles,
    },
    by,
  );
  return shown(made, values, `Create an account${made.link.uses > 1 ? ` (${made.link.uses} times)` : ''}`);
}

/** `account reset-link`. */
export async function makeResetLink(
  { links, accounts }: Desk,
  values: Json & { readonly username: string },
): Promise<string> {
  const { id, username } = await accounts.getByUsername(values.username);
  return shown(await links.makeResetLink(id, by), values, `Set a new password for ${username}`);
}

/** The address is shown only once. It is stored as a digest. */
function shown({ link, address }: ShownLink, { json }: Json, what: string): string {
  if (!json) return `${what}, until ${isoOf(link.expiresAt)}:\n${address}`;
  return JSON.stringify({
    link: address,
    purpose: link.purpose,
    uses: link.uses,
    roles: link.roles,
    expires_at: link.expiresAt,
  });
}
