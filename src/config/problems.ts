// What a schema finds wrong, as a person reads it: where, and how to fix it.
import type { z } from 'zod';
import type { Problem } from './checks.ts';

/** @param place what the issue's path is within: nothing for the configuration itself, or `shop.yaml: `. */
export function problemsOf(issue: z.core.$ZodIssue, place = ''): Problem[] {
  const at = (path: readonly PropertyKey[]) => `${place}${path.join('.')}`.replace(/(\.|: )$/, '') || '(top)';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: 'is not a known key' }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: at(issue.path), message: isMissing ? 'is missing' : issue.message }];
}
