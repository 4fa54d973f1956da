// The pages of making an account and getting back into one, as http/pages.ts has the others: view data in, HTML out.
import { messagesOf } from './locale.ts';
import { safeJson } from './page-text.ts';
import type {
  EmailProofView,
  ForgotView,
  MailSentView,
  RecoverView,
  RecoveryCodesView,
  Shared,
  SignUpView,
} from './page-views.ts';
import type { Page } from './pages.ts';
import { recoveryCodeRefusals, wordsFor } from './refusal-words.ts';

type Draw = (view: Shared, page: Page) => string;

export function createEntryPages(draw: Draw) {
  return {
    signUp(view: SignUpView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      const { title } = all.signUp;
      return draw(view, {
        template: 'sign-up',
        title,
        ...(!view.byMail && { script: 'link.js' }),
        body: { title, words },
      });
    },

    mailSent(view: MailSentView): string {
      return draw(view, { template: 'mail-sent', title: messagesOf[view.locale].signUp.sentTitle, body: {} });
    },

    forgot(view: ForgotView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'forgot', title: all.forgot.title, body: { words } });
    },

    recover(view: RecoverView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'recover', title: all.recover.title, body: { words } });
    },

    recoveryCodes(view: RecoveryCodesView): string {
      const all = messagesOf[view.locale];
      const texts = safeJson({ recoveryCodes: all.recoveryCodes, ...recoveryCodeRefusals(all) });
      const { title } = all.recoveryCodes;
      return draw(view, { template: 'account/recovery-codes', title, script: 'recovery-codes.js', body: { texts } });
    },

    /** Where a link by mail leads that proves an address, before it is used. */
    emailProof(view: EmailProofView): string {
      return draw(view, { template: 'email-proof', title: messagesOf[view.locale].emailProof.title, body: {} });
    },

    emailProved(view: Shared): string {
      const { doneTitle, doneText } = messagesOf[view.locale].emailProof;
      return draw(view, { template: 'message', title: doneTitle, body: { title: doneTitle, message: doneText } });
    },
  };
}
