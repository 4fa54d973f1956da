// What a page says when nobody knows whether the last step arrived (protocol.md section 3, "Lost answers").
// No text of such a failure claims that nothing happened.
import { expect, it } from 'vitest';
import { messagesOf } from '../../src/i18n/locale.ts';

/** Refusals that may come after the work was done, or without an answer of the server at all. */
const unknowing = ['temporarily_unavailable', 'internal_error', 'request_in_progress'] as const;

it.each(Object.entries(messagesOf))(
  '%s claims nothing about a step whose answer is unknown',
  (_locale, { refusals }) => {
    const all: Readonly<Record<string, { title: string; message: string }>> = refusals;
    for (const code of [...unknowing, 'no_answer'].filter((each) => all[each] !== undefined)) {
      const { title = '', message = '' } = all[code] ?? {};
      expect(`${title} ${message}`, code).not.toMatch(/nothing|nobody|未授予|没有任何|没有人/i);
    }
  },
);
