// An app's logo in the console: one file by a plain form, so that it works without script. It is checked as
// everywhere.
import type { Client, ClientError } from '../../../core/client/client.ts';
import type { Logos } from '../../../core/client/logos.ts';
import type { Context } from '../../kit/context.ts';
import { seeOther } from '../../kit/navigation.ts';
import { readPictureField } from '../../kit/picture-body.ts';
import type { Console } from '../console.ts';
import type { Problem } from '../console-page.ts';
import type { ConsoleVisitor } from '../console-session.ts';

export type ClientLogoPagesDeps = {
  readonly console: Console;
  readonly logos: Logos;
  /**
   * @throws ClientError `client_not_found`; HttpError `role_insufficient` for a client that may do more than
   * the visitor
   */
  readonly findOwn: (ctx: Context, visitor: ConsoleVisitor) => Promise<Client>;
  readonly pathOf: (client: Client) => string;
  /** Records the change. */
  readonly record: (visitor: ConsoleVisitor, before: Client, after: Client) => Promise<void>;
  /** The problem in the visitor's language; null where the error's own sentence is in it. */
  readonly sayLogo: (ctx: Context, error: ClientError) => readonly Problem[] | null;
  /** Runs a change. `refuse` receives what is wrong with it, and the result is null then. */
  readonly attempt: <Result>(
    work: () => Promise<Result>,
    refuse: (problems: readonly Problem[], error: ClientError) => void,
  ) => Promise<Result | null>;
  /** Answers with the client's page and the problems. */
  readonly refuse: (
    ctx: Context,
    visitor: ConsoleVisitor,
    client: Client,
    problems: readonly Problem[],
  ) => Promise<void>;
};

export function addClientLogoPages(deps: ClientLogoPagesDeps): void {
  const { console, logos, findOwn, pathOf, record, attempt } = deps;

  /** Changes the logo, records it and goes back to the client's page. */
  async function change(
    ctx: Context,
    visitor: ConsoleVisitor,
    work: (client: Client) => Promise<Client>,
  ): Promise<void> {
    const client = await findOwn(ctx, visitor);
    let problems: readonly Problem[] = [];
    const changed = await attempt(
      () => work(client),
      (found, error) => {
        problems = deps.sayLogo(ctx, error) ?? found;
      },
    );
    if (!changed) return deps.refuse(ctx, visitor, client, problems);
    await record(visitor, client, changed);
    seeOther(ctx, pathOf(client));
  }

  console.change('clients', '/clients/:id/logo', (ctx, visitor) =>
    change(ctx, visitor, async ({ id }) => logos.set(id, await readPictureField(ctx, 'logo'), null)),
  );
  console.change('clients', '/clients/:id/logo/remove', (ctx, visitor) =>
    change(ctx, visitor, ({ id }) => logos.remove(id, null)),
  );
}
