// How wrong passwords add up (security.md D5, G3): pauses to the second, one try at a time after a pause, and
// one password tried with many names.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGuessing } from '../../../src/core/account/guessing.ts';
import { createLimits } from '../../../src/core/limit/limit.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { buildAccount } from '../../store/records.ts';

const time = { now: 1_000_000 };
const clock = () => time.now;
const alice = buildAccount('alice');
const right = async () => alice;
const wrong = async () => null;
let store: Store;

beforeEach(async () => {
  time.now = 1_000_000;
  store = await openSqliteStore({ path: ':memory:', clock });
});
afterEach(() => store.close());

function open(maskPassword: ((password: string) => string) | null = null) {
  const guessing = createGuessing({ limits: createLimits({ store: store.limits, clock }), clock, maskPassword });
  let tries = 0;
  const guess = (name: string, check = wrong as () => Promise<typeof alice | null>, more: object = {}) => {
    tries += 1;
    const from = `192.0.${tries >> 8}.${tries & 255}`;
    return guessing
      .guard({ name, address: from, password: 'same', ...more }, check)
      .then(() => 'signed in')
      .catch((error: { code: string }) => error.code);
  };
  const fail = async (name: string, times: number) => {
    for (let i = 0; i < times; i++) expect(await guess(name)).toBe('credentials_wrong');
  };
  return { guess, fail };
}

describe('the pause of a name', () => {
  it('D5 begins with the fifth failure, and doubles with each further one', async () => {
    const { guess, fail } = open();
    await fail('alice', 4);
    expect(await guess('alice')).toBe('credentials_wrong');
    for (const seconds of [1, 2, 4, 8]) {
      expect(await guess('alice')).toBe('sign_in_delayed');
      time.now += seconds - 1;
      if (seconds > 1) expect(await guess('alice')).toBe('sign_in_delayed');
      time.now += 1;
      expect(await guess('alice')).toBe('credentials_wrong');
    }
  });

  it('D5 is of one name alone, and a right password ends it', async () => {
    const { guess, fail } = open();
    await fail('alice', 5);
    expect(await guess('bob')).toBe('credentials_wrong');
    time.now += 1;
    expect(await guess('alice', right)).toBe('signed in');
    await fail('alice', 4);
  });

  it('D5 lets one try at a time be checked afterwards', async () => {
    const { guess, fail } = open();
    await fail('alice', 5);
    time.now += 1;
    let checks = 0;
    const slow = async () => {
      checks += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return alice;
    };
    const outcomes = await Promise.all([guess('alice', slow), guess('alice', slow)]);
    expect(outcomes.sort()).toEqual(['sign_in_delayed', 'signed in']);
    expect(checks).toBe(1);
  });
});

describe('one password with many names', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `name-${i}`);
  const mask = (password: string) => `mask of ${password}`;

  it('G3 is tried with thirty names an hour, and then no more', async () => {
    const { guess } = open(mask);
    for (const name of names(30)) expect(await guess(name)).toBe('credentials_wrong');
    expect(await guess('one more')).toBe('sign_in_delayed');
    expect(await guess('one more', right, { isKnown: async () => false })).toBe('sign_in_delayed');
    expect(await guess('one more', right, { isKnown: async () => true })).toBe('signed in');
    expect(await guess('other', wrong, { password: 'another' })).toBe('credentials_wrong');
    time.now += 3600;
    expect(await guess('one more')).toBe('credentials_wrong');
  });

  it('G3 does not count where it is right', async () => {
    const { guess } = open(mask);
    for (const name of names(40)) expect(await guess(name, right)).toBe('signed in');
    expect(await guess('one more')).toBe('credentials_wrong');
  });

  it('G3 counts a name once', async () => {
    const { guess } = open(mask);
    for (const name of names(29)) await guess(name);
    for (let i = 0; i < 4; i++) expect(await guess('name-0')).not.toBe('sign_in_delayed');
    expect(await guess('the thirtieth')).toBe('credentials_wrong');
  });
});
