// The console's invitations, by the same use-cases as API and command line: list them, make one (its link is
// shown once), revoke one.
// Only here an invitation may carry roles, because a person who has them gives them.

import {
  type InvitationWish,
  invitationDefaults,
  type Link,
  LinkError,
  type LinkMaker,
} from '../../../core/link/link.ts';
import type { Links, MadeLink } from '../../../core/link/links.ts';
import { fill } from '../../../i18n/text.ts';
import { readText } from '../../kit/body.ts';
import type { Context } from '../../kit/context.ts';
import { decimalOf } from '../../kit/decimal.ts';
import { seeOther } from '../../kit/navigation.ts';
import type { Console, ConsoleHandler } from '../console.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import type { ConsoleView } from '../console-view.ts';
import type { InvitationForm, InvitationRow, InvitationsView, UsersViews } from './users-views.ts';

/** `links` checks the wish of a form, and the right of its maker. */
export type InvitationPagesDeps = {
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: UsersViews;
  readonly links: Links;
};

/** Invitations per page. */
const pageSize = 25;
const path = '/admin/invitations';

/** What the page shows beside the list, after the form was sent. */
type Outcome = Partial<Pick<InvitationsView, 'problems' | 'form'>> & { readonly made?: MadeLink };

/** The form as it is shown at first. Its fields are texts, because people type them. */
const emptyForm: InvitationForm = {
  name: '',
  uses: String(invitationDefaults.uses),
  days: String(invitationDefaults.days),
  roles: [],
};

/** The person at the console as the maker of a link. The link ends when they lose the right to make it. */
export const makerOf = ({ account }: ConsoleVisitor): LinkMaker => ({
  way: 'console',
  name: null,
  accountId: account.id,
});

/** Adds the list of invitations and its two forms to the console. */
export function addInvitationPages({ console, view, views, links }: InvitationPagesDeps): void {
  const words = (ctx: Context) => view.words(ctx).invitations;

  /** A relying party may choose an id that is somebody's username, and must not pass for them. */
  async function makerText(ctx: Context, by: LinkMaker): Promise<string> {
    const { way } = by;
    const name = await links.makerName(by);
    if (name === null) return way === 'console' ? words(ctx).deletedAccount : words(ctx).commandLine;
    return way === 'api' ? fill(view.words(ctx).activity.byClient, { name }) : name;
  }

  /** An invitation in words. */
  async function rowOf(ctx: Context, link: Link): Promise<InvitationRow> {
    const { by } = link;
    return {
      id: link.id,
      name: link.name || words(ctx).nameless,
      isEnded: await links.isEnded(link),
      left: link.uses - link.used,
      uses: link.uses,
      roles: new Intl.ListFormat(view.localeOf(ctx)).format(link.roles.map((role) => words(ctx).roles[role])),
      by: await makerText(ctx, by),
      made: view.ago(ctx, link.createdAt),
      expires: view.ago(ctx, link.expiresAt),
    };
  }

  /** Answers with the page. The form is open after a refusal, and where there is no invitation yet. */
  async function draw(ctx: Context, visitor: ConsoleVisitor, outcome: Outcome = {}): Promise<void> {
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const page = await links.invitations({ after, limit: pageSize });
    const next = page.cursor === null ? null : `${path}?after=${Buffer.from(page.cursor).toString('base64url')}`;
    const { made, form = emptyForm, problems = [] } = outcome;
    const isOpen = problems.length > 0 || (page.links.length === 0 && !made && !after);
    const html = views.invitations({
      ...view.of(ctx, visitor, 'invitations'),
      invitations: await Promise.all(page.links.map((link) => rowOf(ctx, link))),
      next,
      made: made ? { address: made.address, ...(await rowOf(ctx, made.link)) } : null,
      form,
      isOpen,
      problems,
    });
    view.send(ctx, html);
  }

  /** Makes an invitation and shows its link, or what is wrong with the form. */
  const create: ConsoleHandler = async (ctx, visitor) => {
    const form = await readInvitation(ctx);
    try {
      const made = await links.invite(wishOf(form), makerOf(visitor));
      // Not by way of a redirect: the secret must not travel in an address.
      await draw(ctx, visitor, { made });
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      ctx.status = 422;
      await draw(ctx, visitor, { form, problems: error.problems });
    }
  };

  /** Revokes an invitation, and returns to the list. */
  const revoke: ConsoleHandler = async (ctx, visitor) => {
    await links.revokeInvitation(String(ctx.params.id), makerOf(visitor)).catch((error: unknown) => {
      // Revoked by somebody else, or over by itself: the same end.
      if (!(error instanceof LinkError)) throw error;
    });
    seeOther(ctx, path);
  };

  console.page('invitations', '/invitations', (ctx, visitor) => draw(ctx, visitor));
  console.change('invitations', '/invitations', create);
  console.change('invitations', '/invitations/:id/revoke', revoke);
}

/** Reads the form. The boxes of roles share one name, so that field occurs several times. */
async function readInvitation(ctx: Context): Promise<InvitationForm> {
  const fields = new URLSearchParams(ctx.is('application/x-www-form-urlencoded') ? await readText(ctx) : '');
  const field = (name: keyof InvitationForm) => fields.get(name)?.trim() ?? '';
  return { name: field('name'), uses: field('uses'), days: field('days'), roles: fields.getAll('roles') };
}

/** What is no number becomes NaN, which is refused. */
const wishOf = ({ uses, days, ...rest }: InvitationForm): InvitationWish => ({
  ...rest,
  uses: decimalOf(uses),
  days: decimalOf(days),
});
