// The words of the approving phone's pages, and what a refusal code of the phone API means to them.
import type { Messages } from '../i18n/messages.ts';
import { readTexts } from './dom.ts';
import { type Words, wordsOfRefusal } from './page-words.ts';

/** The messages that the server ships with the pages of the approving phone. */
export type PhoneTexts = {
  readonly review: Messages['review'];
  readonly screen: Messages['screen'];
  readonly home: Messages['home'];
  readonly asks: Messages['asks'];
  readonly page: Messages['page'];
  readonly refusals: Partial<Messages['refusals']>;
};

export const texts = readTexts<PhoneTexts>();

/** Returns the title and the sentence of a refusal. An unknown code gets those of `internal_error`. */
export const wordsFor = (code: string): Words => wordsOfRefusal(code, texts.refusals);

/** Whether a new sign-in on this phone resolves the refusal. It also creates a lost device key. */
export const isSignInNeeded = (code: string): boolean =>
  ['not_signed_in', 'device_proof_required', 'device_proof_invalid', 'reauthentication_required'].includes(code);
