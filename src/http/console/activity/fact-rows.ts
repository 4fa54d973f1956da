// Values of the protocol, such as claims, as rows of a page: the name, the value as a person can read it, and
// what it means.
import type { Messages } from '../../../i18n/messages.ts';

export type FactRow = { readonly name: string; readonly value: string; readonly meaning: string };

/** Claims that are epoch seconds. */
const instants = new Set(['exp', 'iat', 'auth_time', 'updated_at']);

/** Members with the value undefined are left out. @param words what each name means */
export function factRows(values: Readonly<Record<string, unknown>>, words: Messages['console']['facts']): FactRow[] {
  const meanings: Readonly<Record<string, string>> = words.meanings;
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value: shown(name, value), meaning: meanings[name] ?? words.unknown }));
}

/** An instant in both notations, a text as it is, anything else as JSON. */
function shown(name: string, value: unknown): string {
  if (instants.has(name) && typeof value === 'number') return `${value} (${utc(value)})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const utc = (at: number): string => `${new Date(at * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
