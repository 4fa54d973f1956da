// Database files of places: their answers, and how missing, damaged or replaced files are handled while they
// are in use.
import { mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PlaceFileReport } from '../../../src/core/place/place-file.ts';
import { createPlaces } from '../../../src/core/place/places.ts';
import { openPlaceFile } from '../../../src/outbound/place-file.ts';
import { cityRecord, networkRecord, writeMmdb } from '../../support/mmdb-writer.ts';

let folder: string;
let path: string;
let reports: PlaceFileReport[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-place-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
let number = 0;
beforeEach(() => {
  path = join(folder, `city-${number++}.mmdb`);
  reports = [];
});

const open = (...more: string[]) =>
  createPlaces({
    paths: [path, ...more],
    openFile: openPlaceFile,
    hostingNetworks: [24940],
    onProblem: (report) => reports.push(report),
  });
const berlin = cityRecord('DE', 'Berlin', [52.52, 13.405], '柏林');
const paris = cityRecord('FR', 'Paris', [48.857, 2.352]);
const edition = (city: typeof berlin) => writeMmdb({ '84.0.0.0/8': city, '2a00:1450::/32': city });

/** As an update tool does: written elsewhere, then put there in one step. */
async function replace(bytes: Buffer): Promise<void> {
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

describe('a database', () => {
  it('B15 finds addresses of both families, and narrow ranges before wide ones', async () => {
    await writeFile(path, writeMmdb({ '84.0.0.0/8': berlin, '84.7.0.0/16': paris, '2a00:1450::/32': paris }));
    const { placeOf, look, problems } = open();
    expect(placeOf('84.1.2.3')).toBeNull();
    await look();
    expect(problems()).toEqual([]);
    expect(placeOf('84.1.2.3')).toMatchObject({
      country: 'DE',
      city: { en: 'Berlin', 'zh-CN': '柏林' },
      latitude: 52.52,
    });
    expect(placeOf('::ffff:84.1.2.3')).toMatchObject({ country: 'DE' });
    expect(placeOf('84.7.2.3')).toMatchObject({ country: 'FR' });
    expect(placeOf('2a00:1450::7')).toMatchObject({ country: 'FR' });
    expect([placeOf('85.1.2.3'), placeOf('2a00:1451::7')]).toEqual([null, null]);
  });

  it('is not asked about addresses without a place, nor about invalid ones', async () => {
    await writeFile(path, writeMmdb({ '0.0.0.0/0': berlin, 'fc00::/7': berlin, 'fe80::/10': berlin }));
    const { placeOf, look } = open();
    await look();
    expect(placeOf('9.9.9.9')).toMatchObject({ country: 'DE' });
    for (const address of [
      '10.0.0.1',
      '127.0.0.1',
      '192.168.1.1',
      '::1',
      '::ffff:10.0.0.1',
      '::ffff:127.0.0.1',
      'fd00::7',
      'fe80::1',
      'fe80::1%eth0',
      '84.1.2.3:80',
      'nonsense',
      '',
    ])
      expect(placeOf(address), address).toBeNull();
  });

  it('B15 of networks adds the operator, and whether it is a data centre', async () => {
    await writeFile(path, edition(berlin));
    const networks = join(folder, 'asn.mmdb');
    const records = {
      '84.1.0.0/16': networkRecord(3320, 'Deutsche Telekom AG'),
      '84.9.0.0/16': networkRecord(24940, 'Hetzner'),
    };
    await writeFile(networks, writeMmdb(records, 'GeoLite2-ASN'));
    const { placeOf, look } = open(networks);
    await look();
    expect(placeOf('84.1.2.3')).toMatchObject({
      country: 'DE',
      network: 'Deutsche Telekom AG',
      asn: 3320,
      isDataCentre: false,
    });
    expect(placeOf('84.9.2.3')).toMatchObject({ country: 'DE', network: 'Hetzner', isDataCentre: true });
    expect(placeOf('84.2.2.3')).toMatchObject({ country: 'DE', network: null, asn: null });
  });
});

describe('a file', () => {
  it('that is missing is reported once, and loaded once it exists', async () => {
    const { placeOf, look, problems } = open();
    await look();
    await look();
    expect(reports).toMatchObject([{ path, state: 'missing' }]);
    expect(problems()).toMatchObject([{ path, state: 'missing' }]);
    expect(placeOf('84.1.2.3')).toBeNull();
    await writeFile(path, edition(berlin));
    await look();
    expect(problems()).toEqual([]);
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'DE' });
  });

  it('is loaded again when it was replaced, without a restart, and not otherwise', async () => {
    await writeFile(path, edition(berlin));
    const { placeOf, look } = open();
    await look();
    await replace(edition(paris));
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'DE' });
    await look();
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'FR' });
    // The same length, in place: told by its time alone.
    const spain = edition(cityRecord('ES', 'Paris', [48.857, 2.352]));
    expect(spain.length).toBe((await stat(path)).size);
    await writeFile(path, spain);
    await utimes(path, 2_000_000_000, 2_000_000_000);
    await look();
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'ES' });
    expect(reports).toEqual([]);
  });

  it('stays in use while its replacement is incomplete or missing', async () => {
    await writeFile(path, edition(berlin));
    const { placeOf, look, problems } = open();
    await look();
    const whole = edition(paris);
    for (const length of [0, 1, 100, whole.length - 200, whole.length - 1]) {
      await replace(whole.subarray(0, length));
      await look();
      expect(problems(), `${length}`).toMatchObject([{ state: 'damaged' }]);
      expect(placeOf('84.1.2.3')).toMatchObject({ country: 'DE' });
    }
    await rm(path);
    await look();
    expect(problems()).toMatchObject([{ state: 'missing' }]);
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'DE' });
    await replace(whole);
    await look();
    expect(problems()).toEqual([]);
    expect(placeOf('84.1.2.3')).toMatchObject({ country: 'FR' });
  });

  it.each([
    ['text', Buffer.from('this is only text, '.repeat(100))],
    ['packed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
    ['nothing but the marker', Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')],
  ])('that is %s is reported as damaged, with a reason', async (_, bytes) => {
    await writeFile(path, bytes);
    const { placeOf, look, problems } = open();
    await look();
    expect(problems()).toMatchObject([{ path, state: 'damaged', reason: expect.stringMatching(/\w{3}/) }]);
    expect(placeOf('84.1.2.3')).toBeNull();
  });

  it('that is a folder is reported as damaged', async () => {
    const { look, problems } = createPlaces({
      paths: [folder],
      openFile: openPlaceFile,
      hostingNetworks: [],
      onProblem: () => undefined,
    });
    await look();
    expect(problems()).toMatchObject([{ state: 'damaged' }]);
  });

  it('with wrong bytes anywhere neither blocks nor throws', async () => {
    await writeFile(path, edition(berlin));
    const whole = await readFile(path);
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at] = value;
        await replace(bytes);
        const { placeOf, look } = open();
        await look();
        for (const address of ['84.1.2.3', '9.9.9.9', '2a00:1450::1']) {
          const place = placeOf(address);
          if (place?.country) expect(place.country).toMatch(/^[A-Z]{2}$/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
