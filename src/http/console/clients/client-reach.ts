// Which apps a visitor of the console may change, and how a refused change is shown (security.md E7).
import { ClientError } from '../../../core/client/client.ts';
import { HttpError } from '../../kit/refusals.ts';
import type { Problem } from '../console-page.ts';
import type { ConsoleVisitor } from '../console-session.ts';
import { mayAddScreens, scopesBeyond } from './client-kinds.ts';

/**
 * A client that may do more than the visitor is not theirs to change. @throws HttpError `role_insufficient`
 */
export function assertReach({ account }: ConsoleVisitor, ...given: unknown[]): void {
  const beyond = given.flatMap((scope) => scopesBeyond(account, scope));
  if (beyond.length > 0) throw new HttpError('role_insufficient', `Your role does not reach ${beyond.join(' ')}.`);
}

/**
 * Only an administrator switches on the device grant and insecure redirects.
 * @throws HttpError `role_insufficient`
 */
export function assertMayAddScreens({ account }: ConsoleVisitor, given: Readonly<Record<string, unknown>>): void {
  const added = (['device_grant', 'allow_insecure_redirects'] as const).find((name) => given[name] === true);
  if (added !== undefined && !mayAddScreens(account))
    throw new HttpError('role_insufficient', `${added} is an administrator’s to switch on.`);
}

/** Runs a change. `refuse` shows what is wrong with it on the page that it came from. @returns null then */
export async function attempt<Result>(
  work: () => Promise<Result>,
  refuse: (problems: readonly Problem[], error: ClientError) => void | Promise<void>,
): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ClientError) || error.code === 'client_not_found') throw error;
    await refuse(error.problems.length > 0 ? error.problems : [{ path: '', message: error.message }], error);
    return null;
  }
}
