// `/account/profile`: name, email, picture and language. What others see, or reach the owner by, needs a
// fresh proof (security.md D7); the language needs none.
// Where mail is sent, a new email counts once it was confirmed; else at once, as unverified. Saving the
// present email withdraws a confirmation that is under way.
import { type Account, AccountError } from '../../core/account/account.ts';
import { type AccountPatch, checkPatch } from '../../core/account/account-patch.ts';
import type { Accounts } from '../../core/account/accounts.ts';
import type { Passkeys } from '../../core/account/passkeys.ts';
import type { Pictures } from '../../core/account/pictures.ts';
import { byAccount } from '../../core/audit/actor.ts';
import type { Audit } from '../../core/audit/audit.ts';
import type { Emails } from '../../core/email/emails.ts';
import type { Notices } from '../../core/notice/notices.ts';
import { picturePath } from '../../oidc/claims.ts';
import type { Context } from '../kit/context.ts';
import type { AccountView } from './account-view.ts';
import { languages, type OwnViews, type ProfileView } from './own-views.ts';
import type { Owner } from './owner.ts';
import { type Form, leaveFor, type OwnerPages } from './owner-pages.ts';
import { passkeySignal } from './passkey-signal.ts';

export type ProfilePagesDeps = {
  readonly pages: OwnerPages;
  readonly view: AccountView;
  readonly views: OwnViews;
  readonly accounts: Accounts;
  readonly passkeys: Pick<Passkeys, 'isPossible' | 'rpId'>;
  readonly pictures: Pictures;
  readonly audit: Audit;
  readonly notices: Pick<Notices, 'credentialChanged'>;
  readonly emails: Pick<Emails, 'isOn' | 'askVerification' | 'withdrawVerification'>;
};

/** What a form shows again after it was refused. */
type Refused = Pick<ProfileView, 'problem' | 'typed' | 'wrongFields'>;

const page = '/account/profile';

export function addProfilePages(deps: ProfilePagesDeps): void {
  const { pages, view, views, accounts, passkeys, pictures, audit, notices, emails } = deps;

  /** Answers with the page. @param refused what to show again after a refusal */
  function draw(ctx: Context, owner: Owner, refused: Partial<Refused> = {}): void {
    const { account } = owner;
    const { displayName, email, picture, locale } = account;
    const html = views.profile({
      ...view.of(ctx, owner),
      problem: null,
      typed: { displayName, email: email ?? '' },
      wrongFields: [],
      picture: picture ? picturePath(picture.hash) : null,
      signal: passkeySignal(passkeys, account, null),
      languages: languages.map((id) => ({ id, isChosen: id === languageOf(locale) })),
      ...refused,
    });
    view.send(ctx, html);
  }
  const redraw = (ctx: Context, owner: Owner, problem: string): void => draw(ctx, owner, { problem });

  /** Applies the patch, and records and announces what really changed. */
  async function change({ account: before, device }: Owner, patch: AccountPatch): Promise<void> {
    const after = await accounts.update(before.id, patch, null);
    const names = (['displayName', 'email', 'locale'] as const).filter((name) => after[name] !== before[name]);
    if (names.length === 0) return;
    await audit.accountChanged(before.id, byAccount(before), { fields: names.join(' ') });
    if (after.email !== before.email) await notices.credentialChanged(before, 'email_changed', device.id);
  }

  /** Saves the form. A refusal stands at its field, and what was typed stays. */
  async function save(ctx: Context, owner: Owner, form: Form): Promise<void> {
    const typed = { displayName: form.get('display_name') ?? '', email: form.get('email')?.trim() ?? '' };
    const [displayName, email] = [typed.displayName, typed.email || null];
    const asksFirst = emails.isOn && email !== null && !isProved(owner.account, email);
    try {
      checkPatch({ displayName, email });
      // Somebody who goes back to the address of before wants none of the others.
      if (!asksFirst) await emails.withdrawVerification(owner.account.id);
      await change(owner, asksFirst ? { displayName } : { displayName, email });
      if (asksFirst) await emails.askVerification(owner.account, email);
    } catch (error) {
      if (!(error instanceof AccountError) || error.code !== 'account_invalid') throw error;
      ctx.status = 422;
      const problem = view.sentenceOf(ctx, owner.account, error.code);
      return draw(ctx, owner, { problem, typed, wrongFields: error.problems.map(({ path }) => path) });
    }
    leaveFor(ctx, page, asksFirst ? 'asked' : 'saved');
  }

  pages.page('/profile', (ctx, owner) => draw(ctx, owner));
  pages.change({ path: '/profile', page, isSensitive: true, work: save, redraw });
  pages.change({
    path: '/profile/language',
    page,
    async work(ctx, owner, form) {
      const chosen = languages.find((each) => each === form.get('language')) ?? 'browser';
      await change(owner, { locale: chosen === 'browser' ? null : chosen });
      leaveFor(ctx, page, 'saved');
    },
    redraw,
  });
  pages.change({
    path: '/profile/picture/remove',
    page,
    isSensitive: true,
    async work(ctx, { account }) {
      await pictures.remove(account.id);
      await audit.accountChanged(account.id, byAccount(account), { fields: 'picture' });
      leaveFor(ctx, page, 'saved');
    },
    redraw,
  });
}

/** Whether this is the present address, and verified. */
const isProved = (account: Account, email: string): boolean => account.email === email && account.emailVerified;

/** Which of the choices the account's language is. Any other language follows the browser. */
function languageOf(locale: string | null): (typeof languages)[number] {
  const language = locale?.toLowerCase().split('-')[0];
  if (language === 'zh') return 'zh-CN';
  return language === 'en' ? 'en' : 'browser';
}
