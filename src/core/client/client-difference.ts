// What a change did to a client, for the audit trail: before and after of every setting (security.md E2). Secrets are named by id, never shown.
import type { Client } from './client.ts';
import { describeClient } from './client-entry.ts';

/** By the names under which settings are written; a value is cut to 300 characters. */
export function differenceOf(before: Client, after: Client): Record<string, string> {
  const [old, now]: Record<string, unknown>[] = [describeClient(before), describeClient(after)];
  const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])];
  const changed = names.filter((name) => name !== 'updated_at' && text(old?.[name]) !== text(now?.[name]));
  return Object.fromEntries(changed.map((name) => [name, changeOf(old?.[name], now?.[name])]));
}

const text = (value: unknown): string => JSON.stringify(value ?? null);
/** So much of a value is recorded. */
const longest = 300;

/** Of lists what came and what went; a list may be long, and what was added must not hide behind the rest. */
function changeOf(old: unknown, now: unknown): string {
  if (!Array.isArray(old) || !Array.isArray(now))
    return `${text(old).slice(0, longest)} -> ${text(now).slice(0, longest)}`;
  const [before, after] = [old.map(text), now.map(text)];
  const added = after.filter((each) => !before.includes(each)).map((each) => `+${each.slice(0, longest)}`);
  const removed = before.filter((each) => !after.includes(each)).map((each) => `-${each.slice(0, longest)}`);
  return [...added, ...removed].join(' ') || 'in another order';
}
