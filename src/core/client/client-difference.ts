// What a change did to a client, for the audit trail: before and after of every setting (security.md E2).
// Secrets are named by id and never shown.
import type { Client } from './client.ts';
import { describeClient } from './client-entry.ts';

/** Returns the changed settings by their published names. Each value is cut to 300 characters. */
export function differenceOf(before: Client, after: Client): Record<string, string> {
  const [old, now]: Record<string, unknown>[] = [describeClient(before), describeClient(after)];
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])];
  const changed = names.filter((name) => name !== 'updated_at' && text(old?.[name]) !== text(now?.[name]));
  return Object.fromEntries(changed.map((name) => [name, changeOf(old?.[name], now?.[name])]));
}

const text = (value: unknown): string => JSON.stringify(value ?? null);
/** Maximum characters of a recorded value. */
const maxLength = 300;

/**
 * Of a list only the added and removed items are recorded, so that an addition is not hidden in a long list.
 */
function changeOf(old: unknown, now: unknown): string {
  if (!Array.isArray(old) || !Array.isArray(now))
    return `${text(old).slice(0, maxLength)} -> ${text(now).slice(0, maxLength)}`;
  const [before, after] = [old.map(text), now.map(text)];
  const added = after.filter((each) => !before.includes(each)).map((each) => `+${each.slice(0, maxLength)}`);
  const removed = before.filter((each) => !after.includes(each)).map((each) => `-${each.slice(0, maxLength)}`);
  return [...added, ...removed].join(' ') || 'in another order';
}
