// Names that people read cannot consist of invisible characters, whatever they name.
import { describe, expect, it } from 'vitest';
import { checkPatch } from '../../../src/core/account/account-patch.ts';
import { parsePasskeyName } from '../../../src/core/account/passkey.ts';
import { clientInputSchema } from '../../../src/core/client/client-schema.ts';
import { parseDeviceLabel } from '../../../src/core/device/device.ts';

const invisible = ['\u200b', '\u3164', '\u2800', '\u2060\u2060', '\ufe0f'];
const needed = ['می\u200cخواهم', 'ශ්\u200dරී', '👩\u200d🚀'];

describe('a name', () => {
  it.each(invisible)('is refused when it is %j', (name) => {
    const client = clientInputSchema.safeParse({ client_name: name, redirect_uris: ['https://rp.example/cb'] });
    expect(client.success).toBe(false);
    expect(() => checkPatch({ displayName: name })).toThrow();
    expect([parsePasskeyName(name), parseDeviceLabel(name)]).toEqual([null, null]);
  });

  it.each(needed)('%s keeps the joiners of its language', (name) => {
    const client = clientInputSchema.parse({ client_name: name, redirect_uris: ['https://rp.example/cb'] });
    expect(client.client_name).toBe(name);
    expect(checkPatch({ displayName: name }).displayName).toBe(name);
    expect([parsePasskeyName(name), parseDeviceLabel(name)]).toEqual([name, name]);
  });
});
