// The console's page of the signing keys: next, current, previous and retired. It rotates them, or replaces
// them at once when somebody else knows one.
import type { Audit } from '../../core/audit/audit.ts';
import type { SigningKeys } from '../../core/key/signing-keys.ts';
import { readForm } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { seeOther } from '../kit/navigation.ts';
import type { Console, ConsoleHandler } from './console.ts';
import type { ConsoleVisitor } from './console-session.ts';
import type { ConsoleView } from './console-view.ts';
import type { ConsoleViews, KeyRow } from './console-views.ts';

export type KeyPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly views: ConsoleViews;
  readonly audit: Audit;
  readonly signingKeys: SigningKeys;
};

/** A key with its place in the schedule. */
type Scheduled = Awaited<ReturnType<SigningKeys['list']>>[number];

const path = '/admin/keys';

export function addKeyPages({ issuer, console, view, views, audit, signingKeys }: KeyPagesDeps): void {
  const { host } = new URL(issuer);
  const { schedule } = signingKeys;

  /** Answers with the page. @param isHostWrong whether something else than the host was typed */
  async function draw(ctx: Context, visitor: ConsoleVisitor, isHostWrong = false): Promise<void> {
    const done = (['rotated', 'replaced'] as const).find((each) => each === ctx.query.done) ?? null;
    const html = views.keys({
      ...view.of(ctx, visitor, 'keys'),
      host,
      keys: (await signingKeys.list()).map(rowOf),
      rotationSeconds: schedule.rotationSeconds,
      publishSeconds: schedule.publishSeconds,
      done: ctx.method === 'GET' ? done : null,
      isHostWrong,
    });
    view.send(ctx, html);
  }

  /** Records the request before it is carried out, so that a failure is recorded too. */
  async function rotate({ account }: ConsoleVisitor, immediately: boolean): Promise<void> {
    await audit.asked('key.rotation_asked', { accountId: account.id }, { immediately });
    await signingKeys.rotate({ immediately });
  }

  const rotateNow: ConsoleHandler = async (ctx, visitor) => {
    await rotate(visitor, false);
    seeOther(ctx, `${path}?done=rotated`);
  };

  /** Replaces the keys at once, after the provider's host was typed. */
  const replace: ConsoleHandler = async (ctx, visitor) => {
    const typed = (await readForm(ctx)).get('host')?.trim().toLowerCase();
    if (typed !== host) {
      ctx.status = 422;
      return draw(ctx, visitor, true);
    }
    await rotate(visitor, true);
    seeOther(ctx, `${path}?done=replaced`);
  };

  console.page('keys', '/keys', (ctx, visitor) => draw(ctx, visitor));
  console.change('keys', '/keys/rotate', rotateNow);
  console.change('keys', '/keys/replace', replace);
}

/** A key that will be deleted at the next look is shown as retired. */
const rowOf = ({ key, state, signsFrom, retiresAt }: Scheduled): KeyRow => ({
  kid: key.kid,
  alg: key.alg,
  state: state === 'gone' ? 'retired' : state,
  createdAt: key.createdAt,
  signsFrom,
  retiresAt,
});
