// Draws pages: a view and its template in, an HTML document out. Compiles every template of views/ at start,
// so that a broken template stops the start and not a visitor.
// Templates escape by default; trusted markup comes from qr-image.ts, page-texts.ts and i18n only. Each
// audience keeps its pages in a file of its own; here are those that every audience uses.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { messagesOf } from '../../i18n/locale.ts';
import { fill, strong } from '../../i18n/text.ts';
import type { AssetName, Assets } from './assets.ts';
import { textsByLocale } from './page-texts.ts';
import type { ErrorView, MessageView, OnwardView, Page, RefusalView, Shared } from './page-views.ts';
import { actionFor, wayBackAction, wordsFor } from './refusal-words.ts';

/** What the script of any page may say about the page itself (browser/page-words.ts). */
const pageWords = textsByLocale((all) => ({
  page: { problems: all.page.problems },
  leave: { reference: all.leave.reference },
}));

export type Pages = ReturnType<typeof createPages>;

/** @throws Error when a template does not compile */
export function createPages({ assets }: { assets: Assets }) {
  const eta = loadTemplates(fileURLToPath(new URL('../../../views/', import.meta.url)));

  /**
   * The template reads the view, the page's body, the words of the language and two functions that fill them
   * in.
   */
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
      plain: assets.url('plain.js'),
      pageWords: pageWords[view.locale],
      goesTo: page.goesTo ?? null,
      touchIcon: page.isApp ? assets.url('icon-180.png') : null,
    });
  }

  /** An error that cannot go back to the relying party, or a refusal of ours. */
  function errorPage(view: ErrorView): string {
    const { leave } = messagesOf[view.locale];
    const { title = leave.errorTitle, message = leave.errorText, action = null, reference = null, details = [] } = view;
    return draw(view, { template: 'kit/error', title, body: { title, message, action, reference, details } });
  }

  return {
    draw,
    errorPage,

    /** The path of a script or picture that a view names itself. */
    assetUrl: (name: AssetName): string => assets.url(name),

    /** The page of any stable refusal code, in words and with one way on. */
    refusal(view: RefusalView): string {
      const all = messagesOf[view.locale];
      const action = actionFor(all, view.code) ?? wayBackAction(all, view.wayBack ?? null);
      return errorPage({ ...view, ...wordsFor(all, view.code), action });
    },

    /** Navigates to a place at once, by script or by a refresh (navigation.ts). */
    onward: (view: OnwardView): string =>
      draw(view, {
        template: 'kit/onward',
        title: messagesOf[view.locale].leave.onwardTitle,
        script: 'onward.js',
        goesTo: view.location,
        body: { goesTo: view.location },
      }),

    /** Says that something is done. */
    message: (view: MessageView): string => draw(view, { template: 'kit/message', title: view.title, body: {} }),
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
