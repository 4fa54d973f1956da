// The pages of making an account and getting back into one, as http/kit/pages.ts has the others: view data in, HTML out.
import { messagesOf } from '../../i18n/locale.ts';
import { safeJson } from '../../i18n/text.ts';
import type {
  EmailProofView,
  ForgotView,
  MailSentView,
  RecoverView,
  RecoveryCodesView,
  Shared,
  SignUpView,
} from '../kit/page-views.ts';
import type { Page } from '../kit/pages.ts';
import { recoveryCodeRefusals, wordsFor } from '../kit/refusal-words.ts';

type Draw = (view: Shared, page: Page) => string;

export function createEntryPages(draw: Draw) {
  return {
    signUp(view: SignUpView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      const { title } = all.signUp;
      return draw(view, {
        template: 'guest/sign-up',
        title,
        ...(!view.byMail && { script: 'link.js' }),
        body: { title, words },
      });
    },

    mailSent(view: MailSentView): string {
      return draw(view, { template: 'guest/mail-sent', title: messagesOf[view.locale].signUp.sentTitle, body: {} });
    },

    forgot(view: ForgotView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'guest/forgot', title: all.forgot.title, body: { words } });
    },

    recover(view: RecoverView): string {
      const all = messagesOf[view.locale];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'guest/recover', title: all.recover.title, body: { words } });
    },

    recoveryCodes(view: RecoveryCodesView): string {
      const all = messagesOf[view.locale];
      const texts = safeJson({ recoveryCodes: all.recoveryCodes, ...recoveryCodeRefusals(all) });
      const { title } = all.recoveryCodes;
      return draw(view, { template: 'account/recovery-codes', title, script: 'recovery-codes.js', body: { texts } });
    },

    /** Where a link by mail leads that proves an address, before it is used. */
    emailProof(view: EmailProofView): string {
      return draw(view, { template: 'guest/email-proof', title: messagesOf[view.locale].emailProof.title, body: {} });
    },

    emailProved(view: Shared): string {
      const { doneTitle, doneText } = messagesOf[view.locale].emailProof;
      return draw(view, { template: 'kit/message', title: doneTitle, body: { title: doneTitle, message: doneText } });
    },
  };
}
