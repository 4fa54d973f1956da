// The console's page of dynamic registration (RFC 7591): whether it is on, the tokens that let others
// register, and what registered apps may do.
import type { Account } from '../../core/account/account.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Client } from '../../core/client/client.ts';
import { initialTokenWish, type ListedToken } from '../../core/client/initial-token.ts';
import type { Registrations } from '../../core/client/registrations.ts';
import { fill } from '../../i18n/text.ts';
import { plainText } from '../../plain-text.ts';
import { readForm } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { decimalOf } from '../kit/decimal.ts';
import { seeOther } from '../kit/navigation.ts';
import { HttpError } from '../kit/refusals.ts';
import type { Console, ConsoleHandler } from './console.ts';
import type { ConsoleVisitor } from './console-session.ts';
import type { ConsoleView } from './console-view.ts';
import type { ConsoleViews, RegistrationView, TokenField, TokenForm, TokenRow } from './console-views.ts';

export type RegistrationPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ConsoleViews;
  readonly audit: Audit;
  /** Finds the account that created a token, disabled accounts too. */
  readonly accounts: { readonly find: (id: string) => Promise<Account | null> };
  readonly clients: { readonly findAny: (id: string) => Promise<Client | null> };
  /** Null where the configuration turns registration off. */
  readonly registrations: Registrations | null;
};

/** What a page shows beside the list, after a form was sent. */
type Outcome = Partial<Pick<RegistrationView, 'wrongFields' | 'newToken' | 'form'>>;

const path = '/admin/registration';
const pageSize = 25;
const fieldNames: readonly TokenField[] = ['name', 'uses', 'days'];
const emptyForm: TokenForm = { name: '', uses: '1', days: '7' };

export function addRegistrationPages(deps: RegistrationPagesDeps): void {
  const { issuer, console, view, views, audit, registrations } = deps;

  /** Who made a token, in words; null where nobody did or it is not known. */
  async function makerOf(ctx: Context, { createdBy, createdByKind }: ListedToken): Promise<string | null> {
    if (!createdBy) return null;
    if (createdByKind === 'account') return (await deps.accounts.find(createdBy))?.username ?? createdBy;
    if (createdByKind !== 'client') return createdBy;
    const client = await deps.clients.findAny(createdBy);
    const name = plainText(client?.metadata.client_name, 60) || createdBy;
    return fill(view.words(ctx).activity.byClient, { name });
  }

  /** A token and its maker. */
  const rowOf = async (ctx: Context, token: ListedToken): Promise<TokenRow> => ({
    ...token,
    maker: await makerOf(ctx, token),
  });

  /** Answers with the page. @param outcome what it shows after a form was sent */
  async function draw(ctx: Context, visitor: ConsoleVisitor, outcome: Outcome = {}): Promise<void> {
    const after =
      typeof ctx.query.after === 'string' ? Buffer.from(ctx.query.after, 'base64url').toString() : undefined;
    const page = (await registrations?.initialTokens({ after, limit: pageSize })) ?? { tokens: [], cursor: null };
    const { cursor } = page;
    const html = views.registration({
      ...view.of(ctx, visitor, 'registration'),
      isOn: registrations !== null,
      endpoint: `${issuer}/registration`,
      tokens: await Promise.all(page.tokens.map((token) => rowOf(ctx, token))),
      next: cursor === null ? null : `${path}?after=${Buffer.from(cursor).toString('base64url')}`,
      newToken: null,
      form: emptyForm,
      wrongFields: [],
      isRevoked: ctx.method === 'GET' && ctx.query.done === 'revoked',
      ...outcome,
    });
    view.send(ctx, html);
  }

  /** @throws HttpError `not_found` where registration is off */
  function open(): Registrations {
    if (!registrations) throw new HttpError('not_found', 'Registration is off.');
    return registrations;
  }

  /** Creates a token, which is shown in this response and never again. */
  const create: ConsoleHandler = async (ctx, visitor) => {
    const fields = await readForm(ctx);
    const form = { name: fields.get('name') ?? '', uses: fields.get('uses') ?? '', days: fields.get('days') ?? '' };
    const [uses, days] = [decimalOf(form.uses.trim()), decimalOf(form.days.trim())];
    const wish = initialTokenWish.safeParse({ name: form.name, uses, days });
    if (!wish.success) {
      const wrong = new Set(wish.error.issues.map(({ path: [field] }) => field));
      ctx.status = 422;
      return draw(ctx, visitor, { form, wrongFields: fieldNames.filter((field) => wrong.has(field)) });
    }
    const name = plainText(wish.data.name, 60);
    const asked = { ...wish.data, name };
    const newToken = await open().createInitialToken({
      ...asked,
      createdBy: visitor.account.id,
      createdByKind: 'account',
    });
    await audit.asked('registration_token.created', { accountId: visitor.account.id }, asked);
    // Not by a redirect: the token must not stand in an address.
    await draw(ctx, visitor, { newToken });
  };

  /** Revokes a token. Apps that were registered by it stay. */
  const revoke: ConsoleHandler = async (ctx, { account }) => {
    const { name } = await open().revokeInitialToken(String(ctx.params.id));
    await audit.asked('registration_token.revoked', { accountId: account.id }, { name });
    seeOther(ctx, `${path}?done=revoked`);
  };

  console.page('registration', '/registration', (ctx, visitor) => draw(ctx, visitor));
  console.change('registration', '/registration', create);
  console.change('registration', '/registration/tokens/:id/revoke', revoke);
}
