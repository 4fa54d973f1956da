// The console's sentences, in English: a file for each of its areas.
import { clients } from './en/clients.ts';
import { frame } from './en/frame.ts';

export const consoleWords = { frame, clients } as const;
