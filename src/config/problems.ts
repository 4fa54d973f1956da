// Turns an issue of zod into problems that an operator can read: where it is and what is wrong.
import type { z } from 'zod';
import type { Problem } from './checks.ts';

/**
 * Returns one problem per unknown key, or one for any other issue.
 * @param place prefix of the path: empty for the configuration itself, or such as `shop.yaml: `
 */
export function problemsOf(issue: z.core.$ZodIssue, place = ''): Problem[] {
  const at = (path: readonly PropertyKey[]) => `${place}${path.join('.')}`.replace(/(\.|: )$/, '') || '(top)';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: 'is not a known key' }));
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  return [{ path: at(issue.path), message: isMissing ? 'is missing' : issue.message }];
}
