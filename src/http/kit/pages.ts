// One typed function per page: view data in, HTML out. Compiles every template of views/ at start, so a broken one stops the start and
// not a person. Templates escape by default; what they get raw is made here or by qr-svg.ts.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { Messages } from '../../i18n/en/en.ts';
import { type Locale, messagesOf } from '../../i18n/locale.ts';
import { noticesInWords } from '../../i18n/notices.ts';
import { placeName } from '../../i18n/places.ts';
import { agentInWords, fill, safeJson, strong, timeAgo } from '../../i18n/text.ts';
import { disowningBody } from '../guest/disowning-view.ts';
import { createEntryPages } from '../guest/guest-views.ts';
import type { AssetName, Assets } from './assets.ts';
import type {
  ConsentView,
  ConsolePageView,
  DisowningView,
  ErrorView,
  LinkView,
  LogoutView,
  PasskeysView,
  PhoneHomeView,
  PhoneSignInView,
  RefusalView,
  ReviewView,
  Shared,
  WaitingView,
} from './page-views.ts';
import {
  actionFor,
  isWayOut,
  passkeyRefusals,
  phoneRefusals,
  pictureRefusals,
  waitingRefusals,
  wordsFor,
} from './refusal-words.ts';

export type Page = {
  readonly template: string;
  readonly title: string;
  readonly script?: AssetName;
  readonly body: object;
  /** Without script, the page looks for news by loading itself again. */
  readonly refreshes?: boolean;
  /** Belongs to the web app that a phone can install. */
  readonly isApp?: boolean;
};

export type Pages = ReturnType<typeof createPages>;

/** @throws when a template does not compile. */
export function createPages({ assets }: { assets: Assets }) {
  const eta = loadTemplates(fileURLToPath(new URL('../../../views/', import.meta.url)));

  function draw(view: Shared, page: Page): string {
    const all = messagesOf[view.locale];
    const shared = { ...view, all, fill, strong };
    const body = eta.render(`@${page.template}`, { ...shared, ...page.body });
    return eta.render('@kit/layout', {
      ...shared,
      body,
      template: page.template,
      title: `${page.title} · ${all.page.product}`,
      style: assets.url('style.css'),
      icon: assets.url('favicon.svg'),
      script: page.script ? assets.url(page.script) : null,
      refreshes: page.refreshes ?? false,
      touchIcon: page.isApp ? assets.url('icon-180.png') : null,
    });
  }

  const phoneTexts = byLocale((all) => ({
    review: all.review,
    device: all.device,
    home: all.home,
    asks: all.asks,
    page: all.page,
    scanner: all.scanner,
    ...phoneRefusals(all),
  }));
  const passkeyTexts = byLocale((all) => ({ passkeys: all.passkeys, ...passkeyRefusals(all) }));
  const accountTexts = byLocale((all) => pictureRefusals(all));
  const waitingTexts = byLocale(({ waiting: { status, qrName, triesLeft }, asks: { asked, looking }, ...all }) => ({
    waiting: { status, qrName, triesLeft },
    asks: { asked, looking },
    ...waitingRefusals(all),
  }));

  return {
    /** The sign-in page of the waiting browser, in each of its states. */
    waiting(view: WaitingView): string {
      const all = messagesOf[view.locale];
      const name = view.continueAs ? 'continue' : 'waiting';
      const shown = view.state === 'approved' && view.needs ? 'code' : view.state;
      const words = view.error ? wordsFor(all, view.error) : null;
      const isCodeWrong = view.error === 'confirmation_code_wrong';
      const body = {
        logo: logoOf(view.clientLogo),
        shown,
        words,
        isCodeWrong,
        isPasswordOpen: view.wantsPassword === true || (view.error !== null && !isCodeWrong) || view.state === 'off',
        isPasskeyOnly: view.hasPasskey && !view.hasPassword && view.state === 'off',
        isOver: isWayOut(view.state),
        texts: waitingTexts[view.locale],
      };
      const title = fill(all.waiting.title, { client: view.clientName });
      const isMoving = shown === 'pending' || shown === 'scanned' || shown === 'approved';
      const refreshes = isMoving && view.error === null && view.wantsPassword !== true && view.continueAs === null;
      return draw(view, { template: `waiting/${name}`, title, script: `${name}.js`, body, refreshes });
    },

    consent(view: ConsentView): string {
      const title = fill(messagesOf[view.locale].consent.title, { client: view.clientName });
      const { clientLogo, policyUri, tosUri } = view;
      const body = { logo: logoOf(clientLogo), policyUri: webLink(policyUri), tosUri: webLink(tosUri) };
      return draw(view, { template: 'waiting/consent', title, body });
    },

    phoneSignIn(view: PhoneSignInView): string {
      const all = messagesOf[view.locale];
      const title = view.isReauthentication ? all.signIn.titleAgain : all.signIn.title;
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      return draw(view, { template: 'phone/sign-in', title, script: 'sign-in.js', body: { title, words } });
    },

    ...createEntryPages(draw),

    /** Where a single-use link leads, before it is used. */
    link(view: LinkView): string {
      const all = messagesOf[view.locale];
      const { title } = all.link[view.purpose];
      const words = view.refusal ? wordsFor(all, view.refusal) : null;
      const roles = new Intl.ListFormat(view.locale).format(view.roles.map((role) => all.link.roles[role]));
      return draw(view, { template: 'guest/link', title, script: 'link.js', body: { title, words, roles } });
    },

    /** The new password is set; signing in with it is the next step. */
    passwordSet(view: Shared): string {
      const { doneTitle } = messagesOf[view.locale].link.reset;
      return draw(view, { template: 'guest/link-done', title: doneTitle, body: {} });
    },

    phoneHome(view: PhoneHomeView): string {
      const { home, device } = messagesOf[view.locale];
      const approvals = view.approvals.map((approval) => ({
        ...approval,
        agent: agentInWords(
          home.browserOn,
          { name: approval.browserName, system: approval.browserSystem },
          device.unknown,
        ),
        when: timeAgo(view.locale, approval.approvedAt, view.now),
        place: placeName(approval.browserPlace, view.locale),
      }));
      const notices = noticesInWords(view.notices, view);
      const body = { approvals, notices, texts: phoneTexts[view.locale], worker: assets.url('scanner-worker.js') };
      return draw(view, {
        template: 'phone/phone-home',
        title: home.title,
        script: 'phone-home.js',
        body,
        isApp: true,
      });
    },

    /** What the service worker shows while the network is away; holds nothing of anybody. */
    offline(view: Shared): string {
      return draw(view, { template: 'phone/offline', title: messagesOf[view.locale].scanner.offlineTitle, body: {} });
    },

    passkeys(view: PasskeysView): string {
      const { title } = messagesOf[view.locale].passkeys;
      const ago = (at: number) => timeAgo(view.locale, at, view.now);
      const passkeys = view.passkeys.map((passkey) => ({
        ...passkey,
        made: ago(passkey.createdAt),
        used: passkey.lastUsedAt === null ? null : ago(passkey.lastUsedAt),
      }));
      const body = { passkeys, texts: passkeyTexts[view.locale] };
      return draw(view, { template: 'account/passkeys', title, script: 'passkeys.js', body });
    },

    disowning(view: DisowningView): string {
      const body = disowningBody(view, messagesOf[view.locale]);
      return draw(view, { template: 'guest/not-me', title: body.title, body });
    },

    /** Where a QR leads: the script claims and asks. */
    review(view: ReviewView): string {
      const title = messagesOf[view.locale].review.pageTitle;
      return draw(view, {
        template: 'phone/review',
        title,
        script: 'review.js',
        body: { texts: phoneTexts[view.locale] },
      });
    },

    /** Any refusal of ours, in words. */
    refusal(view: RefusalView): string {
      const all = messagesOf[view.locale];
      const words = wordsFor(all, view.code);
      return draw(view, {
        template: 'kit/error',
        title: words.title,
        body: { ...words, action: actionFor(all, view.code) },
      });
    },

    /** An error of the OAuth protocol that cannot go back to the relying party. */
    errorPage(view: ErrorView): string {
      const { leave } = messagesOf[view.locale];
      const { title = leave.errorTitle, message = leave.errorText, action = null } = view;
      return draw(view, { template: 'kit/error', title, body: { title, message, action } });
    },

    /** "Do you want to sign out?", around the library's form. */
    logout(view: LogoutView): string {
      return draw(view, { template: 'oidc/logout', title: messagesOf[view.locale].leave.logoutTitle, body: {} });
    },

    loggedOut(view: Shared): string {
      const { doneTitle, doneText } = messagesOf[view.locale].leave;
      return draw(view, { template: 'kit/message', title: doneTitle, body: { title: doneTitle, message: doneText } });
    },

    /** A page of an account's own, `body` being what its template reads. */
    account: ({ template, title, body, ...view }: ConsolePageView): string =>
      draw(view, { template, title, script: 'account.js', body: { texts: accountTexts[view.locale], ...body } }),

    /** A page of the console, `body` being what its template reads. */
    console: ({ template, title, body, ...view }: ConsolePageView): string =>
      draw(view, { template, title, script: 'console.js', body }),

    /** A plain message in the page's frame. */
    message(view: Shared & { title: string; message: string }): string {
      return draw(view, { template: 'kit/message', title: view.title, body: {} });
    },
  };
}

function loadTemplates(folder: string): Eta {
  const eta = new Eta({ autoEscape: true, cache: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.eta')) continue;
    eta.loadTemplate(`@${file.slice(0, -'.eta'.length)}`, readFileSync(`${folder}/${file}`, 'utf8'));
  }
  return eta;
}

/** A page loads nothing from other sites (security.md F4), so a logo elsewhere is not shown. */
const logoOf = (uri: string | null): string | null =>
  uri && (/^data:image\//.test(uri) || /^\/(?!\/)/.test(uri)) ? uri : null;

const webLink = (uri: string | null): string | null => (uri && /^https?:\/\//i.test(uri) ? uri : null);

const byLocale = (pick: (all: Messages) => object): Readonly<Record<Locale, string>> => ({
  en: safeJson(pick(messagesOf.en)),
  'zh-CN': safeJson(pick(messagesOf['zh-CN'])),
});
