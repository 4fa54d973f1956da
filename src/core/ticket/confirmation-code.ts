// How a typed confirmation code is read: six digits that the phone shows and the waiting browser must enter.
import { typedCode } from '../../plain-text.ts';

/** The digits of what was typed or pasted. Separators, a label and the script of the digits do not matter. */
export const normaliseConfirmationCode = (typed: string): string => typedCode(typed).replace(/[^0-9]/g, '');
