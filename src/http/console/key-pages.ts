// The console's page of the signing keys: next, current, previous and retired, and rotating them now or, when one is known to others, at once.
import type { Audit } from '../../core/audit/audit.ts';
import type { SigningKeys } from '../../core/key/signing-keys.ts';
import { fill } from '../../i18n/text.ts';
import { readForm } from '../kit/body.ts';
import type { Context } from '../kit/context.ts';
import { seeOther } from '../kit/navigation.ts';
import { utcOf } from './activity/record-words.ts';
import type { Console, ConsoleHandler } from './console.ts';
import type { ConsoleVisitor } from './console-session.ts';
import type { ConsoleView, Problem } from './console-view.ts';

export type KeyPagesDeps = {
  readonly issuer: string;
  readonly console: Console;
  readonly view: ConsoleView;
  readonly audit: Audit;
  readonly signingKeys: SigningKeys;
};

type Scheduled = Awaited<ReturnType<SigningKeys['list']>>[number];

const path = '/admin/keys';
const states = ['next', 'current', 'previous', 'retired'] as const;

export function addKeyPages({ issuer, console, view, audit, signingKeys }: KeyPagesDeps): void {
  const { host } = new URL(issuer);
  const { schedule } = signingKeys;

  const instant = (ctx: Context, at: number | null) =>
    at === null ? null : { iso: new Date(at * 1000).toISOString(), utc: utcOf(at), ago: view.ago(ctx, at) };

  const rowOf = (ctx: Context, { key, signsFrom, retiresAt }: Scheduled) => ({
    kid: key.kid,
    alg: key.alg,
    created: instant(ctx, key.createdAt),
    signs: instant(ctx, signsFrom),
    retires: instant(ctx, retiresAt),
  });

  async function draw(ctx: Context, visitor: ConsoleVisitor, problems: readonly Problem[] = []): Promise<void> {
    const words = view.words(ctx).keys;
    const all = await signingKeys.list();
    const groups = states.map((state) => ({
      state,
      ...words.states[state],
      // One that is to be deleted at the next look is as good as retired.
      keys: all
        .filter((each) => (each.state === 'gone' ? 'retired' : each.state) === state)
        .map((each) => rowOf(ctx, each)),
    }));
    const done = { rotated: words.rotated, replaced: words.replaced }[String(ctx.query.done)] ?? null;
    view.draw(ctx, visitor, {
      area: 'keys',
      template: 'keys',
      title: view.words(ctx).frame.areas.keys,
      body: {
        host,
        groups: groups.filter(({ keys }) => keys.length > 0),
        scheduleText: fill(words.schedule, { days: Math.round(schedule.rotationSeconds / 86_400) }),
        rotateText: fill(words.rotateLead, { minutes: Math.ceil(schedule.publishSeconds / 60) }),
        notice: ctx.method === 'GET' ? done : null,
        problems,
      },
    });
  }

  async function rotate({ account }: ConsoleVisitor, immediately: boolean): Promise<void> {
    await audit.asked('key.rotation_asked', { accountId: account.id }, { immediately });
    await signingKeys.rotate({ immediately });
  }

  const rotateNow: ConsoleHandler = async (ctx, visitor) => {
    await rotate(visitor, false);
    seeOther(ctx, `${path}?done=rotated`);
  };

  const replace: ConsoleHandler = async (ctx, visitor) => {
    const typed = (await readForm(ctx)).get('host')?.trim().toLowerCase();
    if (typed !== host) {
      ctx.status = 422;
      return draw(ctx, visitor, [{ path: '', message: view.words(ctx).keys.replaceWrong }]);
    }
    await rotate(visitor, true);
    seeOther(ctx, `${path}?done=replaced`);
  };

  console.page('keys', '/keys', (ctx, visitor) => draw(ctx, visitor));
  console.change('keys', '/keys/rotate', rotateNow);
  console.change('keys', '/keys/replace', replace);
}
