// Asks before a command destroys something for good. Without a terminal nobody can answer, so such a
// command needs --yes there. The default answer is no.
import { createInterface } from 'node:readline/promises';
import { AppError } from '../errors.ts';
import { plain } from './output.ts';

/** The command changed nothing. Exit code 1. */
export class ConfirmationError extends AppError<'confirmation_required' | 'not_confirmed'> {}

/** Ctrl-C while a command waited for an answer. Exit code 130. */
export class InterruptedError extends Error {}

/** Where a question is asked. Null where nobody can answer. @returns the line that was typed */
export type Ask = ((question: string) => Promise<string>) | null;

/** @param name of the command, for the sentence. */
export const confirmationRequired = (name: string): ConfirmationError =>
  new ConfirmationError(
    'confirmation_required',
    `“${name}” destroys something for good, and there is no terminal to ask at. Add --yes. Nothing was changed.`,
  );

/** @returns `confirm` of a command's context: see command.ts. */
export function createConfirm({ name, isGiven, ask }: { name: string; isGiven: boolean; ask: Ask }) {
  return async (loss: string): Promise<void> => {
    if (isGiven) return;
    if (!ask) throw confirmationRequired(name);
    const answer = await ask(`${plain(loss)}\nGo on? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new ConfirmationError('not_confirmed', 'Nothing was changed.');
  };
}

/** Asks on standard error, so that standard output stays clean. @throws InterruptedError after Ctrl-C */
export async function askAtTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const interrupted = new Promise<never>((_, reject) => {
    lines.once('SIGINT', () => reject(new InterruptedError()));
  });
  // The end of input (Ctrl-D) is no answer.
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), interrupted, ended]);
  } finally {
    lines.close();
  }
}
