// Places over HTTP, black box (security.md B15): what the phone is told, what is asked of it, what is
// recorded, and whose word counts.
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.ts';
import { openConsole } from '../../support/console-visitor.ts';
import { cityRecord, networkRecord, writeMmdb } from '../../support/mmdb-writer.ts';
import { createVirtualPhone } from '../../support/virtual-phone.ts';
import { createWaitingBrowser } from '../../support/waiting-browser.ts';

const home = '84.1.2.3';
const homeToo = '84.1.9.9';
const paris = '85.1.2.3';
const machineAtHome = '84.9.2.3';
const machineAbroad = '46.1.2.3';
const cities = writeMmdb({
  '84.0.0.0/8': cityRecord('DE', 'Berlin', [52.52, 13.405], '柏林'),
  '85.0.0.0/8': cityRecord('FR', 'Paris\u202e\u0007', [48.857, 2.352]),
  '46.0.0.0/8': cityRecord('US', '<b>New York', [40.713, -74.006]),
});
const networks = writeMmdb(
  {
    '84.0.0.0/8': networkRecord(3320, 'Deutsche Telekom AG'),
    '84.9.0.0/16': networkRecord(24940, 'Hetzner Online GmbH'),
    '46.0.0.0/8': networkRecord(14061, 'DigitalOcean, LLC'),
  },
  'GeoLite2-ASN',
);

let folder: string;
let place: Record<string, string>;
let app: TestApp;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-place-'));
  place = { city_database: join(folder, 'city.mmdb'), network_database: join(folder, 'asn.mmdb') };
  await writeFile(join(folder, 'city.mmdb'), cities);
  await writeFile(join(folder, 'asn.mmdb'), networks);
  app = await startApp({ place, http: { trusted_proxies: ['127.0.0.1', '::1'] } });
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

type Context = {
  place: { browser: unknown; phone: unknown; distance_km: number | null; comparison: string };
  risk: { level: string; reasons: string[] };
};

/** As the reverse proxy in front says. */
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

async function phoneAt(address: string, of: TestApp = app, language = 'en') {
  const send: typeof fetch = (url, init) => {
    const headers = {
      ...Object.fromEntries(new Headers(init?.headers)),
      ...from(address),
      'accept-language': language,
    };
    return fetch(url, { ...init, headers });
  };
  const phone = createVirtualPhone({ issuer: of.issuer, fetch: send });
  await phone.signIn('alice', 'tessera-demo-alice');
  return phone;
}

async function ask(phone: Awaited<ReturnType<typeof phoneAt>>, browser: ReturnType<typeof createWaitingBrowser>) {
  await browser.open();
  const claim = await phone.scan({ qr: await browser.qr() });
  return { claim, ...(claim.context as Context) };
}

const recordsOf = async (of: TestApp, event: 'ticket.scanned' | 'ticket.approved' | 'ticket.refused') =>
  (await of.audit.query({ event, limit: 5 })).records;

describe('the phone', () => {
  it('B10 B15 is told the places of the browser and of itself, in its own language', async () => {
    const phone = await phoneAt(home);
    const { place: told } = await ask(phone, createWaitingBrowser(app.issuer, from(paris)));
    expect(told).toEqual({
      network: paris,
      comparison: 'different_address',
      browser: { name: 'Paris, France', country: 'FR', network: null, data_centre: false },
      phone: { name: 'Berlin, Germany', country: 'DE', network: 'Deutsche Telekom AG', data_centre: false },
      distance_km: 877,
    });
    const chinese = await phoneAt(home, app, 'zh-CN');
    const { place: inChinese } = await ask(chinese, createWaitingBrowser(app.issuer, from(paris)));
    expect(inChinese).toMatchObject({ browser: { name: '法国 Paris' }, phone: { name: '德国 柏林' } });
  });

  it('is told no place when none is known', async () => {
    const phone = await phoneAt('10.0.0.7');
    for (const address of ['10.0.0.8', '::ffff:192.168.0.1', '9.9.9.9']) {
      const { place: told, risk } = await ask(phone, createWaitingBrowser(app.issuer, from(address)));
      expect(told).toMatchObject({ browser: null, phone: null, distance_km: null });
      expect(risk.level).toBe('low');
    }
  });
});

describe('place and risk', () => {
  it('B15 another country requires the code even of a known browser, and is recorded', async () => {
    const phone = await phoneAt(home);
    const proxied = from(homeToo);
    const browser = createWaitingBrowser(app.issuer, proxied);
    const first = await ask(phone, browser);
    expect(first.risk).toEqual({ level: 'low', reasons: ['browser_new', 'address_differs', 'opened_from_link'] });
    const code = await phone.approve(first.claim);
    expect((await browser.finish(code ?? undefined)).status).toBe(200);
    const again = await ask(phone, browser);
    expect([again.risk.level, again.claim.requires]).toEqual(['low', []]);
    await phone.deny(again.claim);

    Object.assign(proxied, from(paris));
    const abroad = await ask(phone, browser);
    expect(abroad.risk).toEqual({
      level: 'moderate',
      reasons: ['address_differs', 'opened_from_link', 'country_differs', 'far_apart', 'travel_impossible'],
    });
    expect(abroad.claim.requires).toEqual(['confirmation_code']);
    expect(await phone.approve(abroad.claim)).toMatch(/^\d{6}$/);
    const facts = {
      risk: 'moderate',
      reasons: abroad.risk.reasons.join(' '),
      browser_place: 'Paris, FR',
      phone_place: 'Berlin, DE',
      phone_network: 'Deutsche Telekom AG',
    };
    expect((await recordsOf(app, 'ticket.scanned'))[0]).toMatchObject({ address: home, facts });
    expect((await recordsOf(app, 'ticket.approved'))[0]).toMatchObject({ facts });
  });

  it('B15 the network of a data centre requires the code', async () => {
    const { claim, risk } = await ask(await phoneAt(home), createWaitingBrowser(app.issuer, from(machineAtHome)));
    expect(risk.level).toBe('moderate');
    expect(risk.reasons).toContain('browser_in_data_centre');
    expect(claim.requires).toEqual(['confirmation_code']);
    expect((claim.context as Context).place.browser).toMatchObject({
      network: 'Hetzner Online GmbH',
      data_centre: true,
    });
  });

  it('B15 a new browser in a data centre of another country is never signed in by a tap, and the refusal is recorded', async () => {
    const phone = await phoneAt(home);
    const { claim, risk, place: told } = await ask(phone, createWaitingBrowser(app.issuer, from(machineAbroad)));
    expect(risk.level).toBe('high');
    expect(told.browser).toMatchObject({ name: '<b>New York, United States' });
    expect(claim.requires).toEqual(['passkey', 'confirmation_code']);
    await expect(phone.approve(claim)).rejects.toMatchObject({ code: 'user_verification_required' });
    expect((await recordsOf(app, 'ticket.refused'))[0]?.facts).toEqual({ reason: 'user_verification_required' });
    expect((await recordsOf(app, 'ticket.scanned'))[0]?.facts).toMatchObject({
      risk: 'high',
      browser_place: '<b>New York, US',
    });
  });

  it('B15 F8 X-Forwarded-For of an untrusted sender changes nothing', async () => {
    const bare = await startApp({ place });
    try {
      const phone = await phoneAt(home, bare);
      const { claim, risk, place: told } = await ask(phone, createWaitingBrowser(bare.issuer, from(machineAbroad)));
      expect(told).toEqual({
        network: '127.0.0.1',
        comparison: 'same_address',
        browser: null,
        phone: null,
        distance_km: null,
      });
      expect([risk.level, claim.requires]).toEqual(['low', []]);
      expect((await recordsOf(bare, 'ticket.scanned'))[0]?.address).toBe('127.0.0.1');
    } finally {
      await bare.stop();
    }
  });
});

describe('the database', () => {
  it('does not stop sign-ins when it is missing or damaged; the log and the overview name the problem and its fix', async () => {
    const paths = { city_database: join(folder, 'absent.mmdb'), network_database: join(folder, 'damaged.mmdb') };
    await writeFile(paths.network_database, networks.subarray(0, -20));
    const without = await startApp({ place: paths, http: { trusted_proxies: ['127.0.0.1', '::1'] } });
    try {
      expect(without.logText()).toContain('absent.mmdb');
      expect(without.logText()).toContain('damaged.mmdb');
      const phone = await phoneAt(home, without);
      const browser = createWaitingBrowser(without.issuer, from(paris));
      const { claim, place: told } = await ask(phone, browser);
      expect(told.browser).toBeNull();
      const code = await phone.approve(claim);
      expect((await browser.finish(code ?? undefined)).status).toBe(200);
      const { get } = await openConsole(without, 'bob', ['administrator']);
      const overview = (await get('/admin/overview')).text;
      expect(overview).toContain(`The place database ${paths.city_database} cannot be read`);
      expect(overview).toContain(`The place database ${paths.network_database} is damaged`);

      await writeFile(`${paths.city_database}.new`, cities);
      await rename(`${paths.city_database}.new`, paths.city_database);
      await writeFile(paths.network_database, networks);
      await without.places.look();
      const now = await ask(phone, createWaitingBrowser(without.issuer, from(paris)));
      expect(now.place.browser).toMatchObject({ country: 'FR' });
      expect((await get('/admin/overview')).text).not.toContain('place database');
    } finally {
      await without.stop();
    }
  });
});

describe('addresses', () => {
  it('are recorded truncated where the configuration says so; the phone still sees them', async () => {
    const privacy = { audit_addresses: 'truncated' };
    const discreet = await startApp({ place, privacy, http: { trusted_proxies: ['127.0.0.1', '::1'] } });
    try {
      const phone = await phoneAt('2600:1:2:3::4', discreet);
      const { claim } = await ask(phone, createWaitingBrowser(discreet.issuer, from(paris)));
      expect(claim.context.place).toMatchObject({ network: paris });
      const { records } = await discreet.audit.query({ limit: 50 });
      const addresses = new Set(records.map(({ address }) => address));
      expect(addresses).toEqual(new Set([null, '85.1.2.0/24', '2600:1:2::/48']));
    } finally {
      await discreet.stop();
    }
  });

  it('are removed from lists and the audit trail after the configured days', async () => {
    const privacy = { addresses_kept_days: 2 };
    const short = await startApp({ place, privacy, http: { trusted_proxies: ['127.0.0.1', '::1'] } });
    try {
      const phone = await phoneAt(home, short);
      const browser = createWaitingBrowser(short.issuer, from(homeToo));
      const { claim } = await ask(phone, browser);
      const code = await phone.approve(claim);
      const finished = await browser.finish(code ?? undefined);
      await browser.follow(String(finished.json().location));
      expect((await phone.approvals())[0]).toMatchObject({ network: homeToo, place: 'Berlin, Germany' });
      const page = await fetch(`${short.issuer}/q`, { headers: { cookie: phone.cookie, 'accept-language': 'zh' } });
      expect(await page.text()).toContain('德国 柏林');
      short.time.shiftSeconds = 2 * 86_400 + 60;
      expect((await phone.approvals())[0]).toMatchObject({ network: null, place: 'Berlin, Germany' });
      const { records } = await short.audit.query({ limit: 50 });
      expect(records.length).toBeGreaterThan(3);
      expect(records.filter(({ at }) => at < Date.now() / 1000 + 60).map(({ address }) => address)).not.toContain(
        '84.1.2.3',
      );
    } finally {
      await short.stop();
    }
  });
});
