// An account's own pages as its owner's device uses them, without a browser: pages fetched by the device
// cookie, forms signed by the device key.
import type { TestApp } from './app.ts';
import type { VirtualPhone } from './virtual-phone.ts';

export type Posted = {
  readonly status: number;
  readonly location: string;
  readonly text: string;
  readonly headers: Headers;
};

export function createAccountDesk(app: Pick<TestApp, 'issuer' | 'time'>, phone: VirtualPhone) {
  const now = () => Math.floor(Date.now() / 1000) + app.time.shiftSeconds;

  async function send(path: string, init: RequestInit): Promise<Posted> {
    const response = await fetch(`${app.issuer}${path}`, { redirect: 'manual', ...init });
    const { status, headers } = response;
    return { status, headers, location: headers.get('location') ?? '', text: await response.text() };
  }

  return {
    page: (path: string): Promise<Posted> => send(path, { headers: { cookie: phone.cookie, accept: 'text/html' } }),

    /** `headers`: beside or instead of a program's; with `accept: text/html` refusals are pages. */
    async post(
      path: string,
      fields: Record<string, string> = {},
      headers: Record<string, string> = {},
    ): Promise<Posted> {
      const device_proof = await phone.proof('POST', path, { iat: now() });
      const answer = await send(path, {
        method: 'POST',
        headers: {
          cookie: phone.cookie,
          accept: 'application/json',
          ...(headers['sec-fetch-site'] === undefined && { origin: app.issuer }),
          ...headers,
        },
        body: new URLSearchParams({ device_proof, ...fields }),
      });
      // A new password comes with a new cookie.
      const set = answer.headers.getSetCookie().find((line) => /^tessera_device=./.test(line));
      if (set) phone.cookie = set.split(';')[0] ?? '';
      return answer;
    },

    async sendPicture(body: Uint8Array<ArrayBuffer>, type: string): Promise<Posted> {
      const path = '/account/profile/picture';
      const headers = {
        cookie: phone.cookie,
        accept: 'application/json',
        'content-type': type,
        DPoP: await phone.proof('POST', path, { iat: now() }),
      };
      return send(path, { method: 'POST', headers, body });
    },
  };
}
