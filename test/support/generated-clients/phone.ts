// A small program on the types that openapi-typescript makes of the phone API's document.
// test/http/generated-clients.test.ts makes the types, compiles this file, and runs it with the address of a
// provider and the cookie of a device.
import createClient from 'openapi-fetch';
import type { components, paths } from './phone-types.ts';

const [baseUrl = '', cookie = ''] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { cookie } });

const { data, error } = await api.GET('/phone/v1/devices');
if (!data) throw new Error(error.detail);

// A claim names its ticket in exactly one way. The compiler demands the header of the proof.
const scan: components['schemas']['ScanRequest'] = { user_code: 'BCDF-GHJK' };
const refused = await api.POST('/phone/v1/scan', { params: { header: { DPoP: 'no proof' } }, body: scan });

const report = {
  devices: data.devices.map((each) => typeof each.id),
  refused: [refused.response.status, refused.error?.code],
};
process.stdout.write(JSON.stringify(report));
