// Makes every node check the signing keys regularly, so that a rotation on one node reaches all others
// without a restart. Time alone also turns the next key into the current one.
import { followEverySeconds } from './key-schedule.ts';
import type { OpenedKeys, SigningKeys } from './signing-keys.ts';

export type KeyFollower = {
  /** Checks once. Changes are applied when it resolves. @throws what the store or `apply` throws */
  look(): Promise<void>;
  stop(): void;
};

/** Calls `work` every `everySeconds` until the returned function is called. */
export type Repeat = (work: () => void, everySeconds: number) => () => void;

/** The timer does not keep the process alive. */
const repeatByTimer: Repeat = (work, everySeconds) => {
  const timer = setInterval(work, everySeconds * 1000).unref();
  return () => clearInterval(timer);
};

/**
 * Checks the keys once and then regularly.
 * @param apply receives the private keys whenever they, or the set of published keys, have changed
 * @param onFailure called for the first failure of a series; the node keeps its present keys meanwhile
 * @throws what the first check throws
 */
export async function followKeys({
  keys,
  apply,
  onFailure,
  repeat = repeatByTimer,
}: {
  keys: Pick<SigningKeys, 'maintain' | 'open'>;
  apply: (keys: OpenedKeys) => void;
  onFailure: (error: unknown) => void;
  repeat?: Repeat;
}): Promise<KeyFollower> {
  let applied = '';
  let last: Promise<void> = Promise.resolve();
  let isFailing = false;
  let isStopped = false;

  async function lookOnce(): Promise<void> {
    const opened = keys.open(await keys.maintain());
    const seen = JSON.stringify([opened.published, opened.retired].map((each) => each.map(({ kid }) => kid)));
    if (seen === applied || isStopped) return;
    apply(opened);
    applied = seen;
  }

  /** Checks run one after the other, so that an older result is never applied after a newer one. */
  function look(): Promise<void> {
    last = last.then(lookOnce, lookOnce);
    return last;
  }

  const tell = (error: unknown): void => {
    if (!isFailing && !isStopped) onFailure(error);
    isFailing = true;
  };

  await look();
  const end = repeat(() => void look().then(() => (isFailing = false), tell), followEverySeconds);
  return {
    look,
    stop() {
      isStopped = true;
      end();
    },
  };
}
