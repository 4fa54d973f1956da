// When a device is over, and what it may be called: pure rules, and the lifetimes to the second (ASVS 7.3).
import { describe, expect, it } from 'vitest';
import { isBlocked } from '../../../src/core/device/browser.ts';
import { createBrowsers } from '../../../src/core/device/browsers.ts';
import { isOutlived, parseDeviceLabel } from '../../../src/core/device/device.ts';
import { createDevices } from '../../../src/core/device/devices.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { buildBrowser } from '../../store/records.ts';

const lifetimes = { idleSeconds: 1000, absoluteSeconds: 5000 };

async function openDevices() {
  const time = { now: 1_000_000 };
  const clock = () => time.now;
  const store = await openSqliteStore({ path: ':memory:', clock });
  const devices = createDevices({ store: store.devices, clock, lifetimes });
  const facts = { accountId: 'alice', signOuts: undefined, name: 'Safari', address: '192.0.2.1', keyThumbprint: null };
  const signIn = () => devices.signIn({ ...facts, previous: null });
  return { devices, signIn, time, store };
}

describe('the life of a device', () => {
  it.each([
    [lifetimes.idleSeconds - 1, true],
    [lifetimes.idleSeconds, false],
    [lifetimes.idleSeconds + 1, false],
  ])('ends after its idle time without use: after %s s alive is %s', async (seconds, isAlive) => {
    const { devices, signIn, time } = await openDevices();
    const { secret } = await signIn();
    time.now += seconds;
    expect((await devices.findBySecret(secret)) !== null).toBe(isAlive);
  });

  it.each([
    [lifetimes.absoluteSeconds - 1, true],
    [lifetimes.absoluteSeconds, false],
    [lifetimes.absoluteSeconds + 1, false],
  ])('ends at its absolute age, however often it is used: after %s s alive is %s', async (seconds, isAlive) => {
    const { devices, signIn, time } = await openDevices();
    const { secret } = await signIn();
    const start = time.now;
    for (let at = 500; at < seconds; at += 500) {
      time.now = start + at;
      const device = await devices.findBySecret(secret);
      if (device) await devices.touch(device, '192.0.2.1');
    }
    time.now = start + seconds;
    expect((await devices.findBySecret(secret)) !== null).toBe(isAlive);
  });

  it.each([
    [undefined, undefined, false],
    [0, 0, false],
    [undefined, 1, true],
    [0, 1, true],
    [1, 1, false],
    [2, 1, false],
    [1, undefined, false],
  ])('with the epoch %s at its sign-in and %s now is over: %s', (then, now, expected) => {
    const device = then === undefined ? {} : { signOuts: then };
    const account = now === undefined ? {} : { signOuts: now };
    expect(isOutlived(device, account)).toBe(expected);
  });
});

describe('the device of an app', () => {
  const enrol = { accountId: 'alice', keyThumbprint: 'key', signOuts: 0, name: 'App', address: '192.0.2.1' };

  it('stays signed out after its removal, until the person authenticates anew', async () => {
    const { devices, time } = await openDevices();
    const authenticatedAt = time.now;
    const app = await devices.findOrEnrol({ ...enrol, authenticatedAt });
    expect(await devices.isSignedIn(app.id)).toBe(true);
    time.now += 10;
    await devices.remove('alice', app.id);
    expect(await devices.isSignedIn(app.id)).toBe(false);
    expect(await devices.list('alice')).toEqual([]);
    for (const proved of [authenticatedAt, authenticatedAt + 10])
      await expect(devices.findOrEnrol({ ...enrol, authenticatedAt: proved })).rejects.toMatchObject({
        code: 'not_signed_in',
      });
    time.now += 1;
    expect((await devices.findOrEnrol({ ...enrol, authenticatedAt: time.now })).id).toBe(app.id);
    expect(await devices.isSignedIn(app.id)).toBe(true);
  });

  it.each([
    [lifetimes.idleSeconds - 1, true],
    [lifetimes.idleSeconds, false],
    [lifetimes.idleSeconds + 1, false],
  ])('is enrolled by a proof that is %s s old: %s', async (seconds, isEnrolled) => {
    const { devices, time } = await openDevices();
    const enrolled = devices.findOrEnrol({ ...enrol, authenticatedAt: time.now - seconds });
    if (isEnrolled) expect((await enrolled).authenticatedAt).toBe(time.now - seconds);
    else await expect(enrolled).rejects.toMatchObject({ code: 'not_signed_in' });
  });
});

describe('the trust of a browser', () => {
  it('is none while it is blocked, whatever the record says', async () => {
    const { store, time } = await openDevices();
    const browsers = createBrowsers({ store: store.browsers, clock: () => time.now });
    await store.browsers.upsert('alice', 'hash', () => ({
      ...buildBrowser('alice', 'hash', 1),
      trusted: true,
      blockedAt: time.now,
    }));
    expect(await browsers.trustedBy('hash')).toEqual([]);
    expect((await browsers.recordUse('alice', 'hash', true)).trusted).toBe(false);
    expect((await browsers.recordUse('bob', 'hash', true)).trusted).toBe(true);
    expect(await browsers.trustedBy('hash')).toEqual(['bob']);
  });
});

describe('the name that an owner gives a device', () => {
  it.each([
    ['My phone', 'My phone'],
    ['  My \t\n phone ', 'My phone'],
    ['Cafe\u0301', 'Café'],
    ['evil\u202Etxt', 'evil txt'],
    ['a\u0000b', 'a b'],
    ['x'.repeat(61), 'x'.repeat(60)],
    ['🍮'.repeat(61), '🍮'.repeat(60)],
    ['', null],
    [' \u200B\u2060 ', null],
    ['\u115F', null],
  ])('%j becomes %j', (typed, expected) => expect(parseDeviceLabel(typed)).toBe(expected));
});

describe('a block by a report', () => {
  const blockedAt = 1_000_000;
  const blocked = (isScreen: boolean) => ({
    ...buildBrowser('alice', 'hash', 1),
    blockedAt,
    blockedAs: { name: 'Chrome', system: 'Linux', isScreen },
  });

  it.each([
    [false, 86_399, true],
    [false, 86_400, true],
    [false, 900_000, true],
    [true, 86_399, true],
    [true, 86_400, false],
    [true, 86_401, false],
  ])('of a screen (%s), %s s later, still blocks: %s', (isScreen, seconds, expected) => {
    expect(isBlocked(blocked(isScreen), blockedAt + seconds)).toBe(expected);
  });

  it('does not exist without a report, and ends where older records do not name its target', () => {
    const { blockedAs: _, ...old } = blocked(true);
    expect(isBlocked({ ...blocked(true), blockedAt: null }, blockedAt)).toBe(false);
    expect(isBlocked(old, blockedAt + 900_000)).toBe(true);
  });
});
