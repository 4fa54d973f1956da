// The words that the script of any page may need, about the page itself. The layout writes them into every
// page that has a script (views/kit/layout.eta).
import type { Messages } from '../i18n/messages.ts';
import { readTexts } from './dom.ts';

type PageWords = {
  readonly page: Pick<Messages['page'], 'problems'>;
  readonly leave: Pick<Messages['leave'], 'reference'>;
};

export const pageWords = readTexts<PageWords>('#page-words');

/** The refusals that no server sends: `no_answer` and `no_key` are codes of api.ts. */
const ofThePage: Readonly<Record<string, Words>> = {
  no_answer: pageWords.page.problems.noAnswer,
  no_key: pageWords.page.problems.noKey,
};

export type Words = { readonly title: string; readonly message: string };

/**
 * Returns the title and the sentence of a refusal.
 *
 * @param refusals those that the server shipped with the page; an unknown code gets those of `internal_error`
 */
export const wordsOfRefusal = (code: string, refusals: Readonly<Partial<Record<string, Words>>>): Words =>
  ofThePage[code] ?? refusals[code] ?? refusals.internal_error ?? { title: '', message: '' };
