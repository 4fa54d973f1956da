// Describes browsers and screens in the language of the page, such as "Firefox on Linux". Pure.
import type { Value } from './arguments.ts';
import type { Message } from './messages.ts';
import { fill } from './text.ts';

/** The name that is stored for a screen that sends none. Pages show it in the reader's language. */
export const unknownDevice = 'Unknown device';

type AgentMessage = Message<{ readonly name: Value; readonly system: Value }>;

/**
 * Returns name and system, or the name alone for a screen that does not send its system.
 *
 * @param unknown what is shown for a screen without a name
 */
export function agentInWords(message: AgentMessage, agent: { name: string; system: string }, unknown: string): string {
  const name = nameInWords(agent.name, unknown);
  return agent.system === '' ? name : fill(message, { name, system: agent.system });
}

/** @param unknown what is shown, in the reader's language, for a screen without a name */
export const nameInWords = (name: string, unknown: string): string => (name === unknownDevice ? unknown : name);
