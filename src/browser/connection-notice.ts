// Says on the phone's pages that the server cannot be reached, and takes it back when it can.
import type { Answer } from './api.ts';
import { hideNotice, showNotice } from './notice-box.ts';
import { pageWords } from './page-words.ts';

/**
 * A poll without an answer ends after this time. With the pause between polls, it is said within 10 seconds.
 */
export const pollPatienceMs = 6000;

let isShown = false;

/** Judges the answer of a poll. The same message is not announced twice. */
export function showConnection(answer: Answer<unknown>): void {
  const isAway = !answer.ok && answer.problem.code === 'no_answer';
  const { offline, away } = pageWords.page.problems;
  if (isAway && !isShown) showNotice(navigator.onLine ? away : offline, null);
  if (!isAway && isShown) hideNotice();
  isShown = isAway;
}
