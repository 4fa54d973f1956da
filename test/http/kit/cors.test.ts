// F5 Cross-origin requests of pages and apps: what they may read, and what their preflights cost.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { StoreUnavailableError } from '../../../src/store/store.ts';
import { startApp, type TestApp } from '../../support/app.ts';

const origins = ['https://spa.example', 'capacitor://localhost', 'tauri://localhost', 'chrome-extension://abcdefgh'];
const stranger = 'https://stranger.example';
const exposed = ['www-authenticate', 'dpop-nonce', 'retry-after'];

let app: TestApp;
beforeAll(async () => {
  app = await startApp({
    limits: { token_requests_per_minute: 8 },
    clients: [
      {
        client_id: 'spa',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['https://spa.example/cb'],
        cors_origins: origins.slice(1),
      },
    ],
  });
});
afterAll(() => app.stop());

const paths = ['/token', '/token/revocation', '/token/introspection', '/request', '/device/auth'];
const preflight = (path: string, origin: string) =>
  fetch(app.issuer + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'dpop, content-type',
    },
  });
const redeem = (origin: string, path = '/token') =>
  fetch(app.issuer + path, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ grant_type: 'authorization_code', client_id: 'spa', code: 'x' }),
  });
const exposedBy = ({ headers }: Response): string[] =>
  (headers.get('access-control-expose-headers') ?? '').toLowerCase().split(/, ?/).sort();
const allowedBy = ({ headers }: Response) => headers.get('access-control-allow-origin');

// The order matters: the last test uses up the budget.
describe('F5 a page or app of a client', () => {
  it('reads answers and errors, with the headers that it needs', async () => {
    for (const origin of origins) {
      const answer = await redeem(origin);
      expect([answer.status, allowedBy(answer)], origin).toEqual([400, origin]);
      expect(exposedBy(answer)).toEqual([...exposed].sort());
    }
    expect(allowedBy(await redeem(stranger))).toBeNull();
    const userinfo = await fetch(`${app.issuer}/me`, {
      headers: { origin: origins[1] ?? '', authorization: 'Bearer x' },
    });
    expect([userinfo.status, allowedBy(userinfo)]).toEqual([401, origins[1]]);
    expect(exposedBy(userinfo)).toEqual([...exposed].sort());
  });

  it('may send any number of preflights, which use no budget', async () => {
    for (let i = 0; i < 4; i++)
      for (const path of paths) {
        const answer = await preflight(path, origins[0] ?? '');
        expect([answer.status, allowedBy(answer)], path).toEqual([204, origins[0]]);
      }
    expect((await redeem(origins[0] ?? '')).status).toBe(400);
  });

  it('reads 503 while the store is away; a stranger reads nothing', async () => {
    const away = vi.spyOn(app.store.limits, 'add').mockRejectedValue(new StoreUnavailableError('away'));
    for (const origin of [...origins, stranger]) {
      const answer = await redeem(origin);
      const { error } = (await answer.json()) as { error: string };
      const allowed = origin === stranger ? null : origin;
      expect([answer.status, error, allowedBy(answer)]).toEqual([503, 'temporarily_unavailable', allowed]);
      if (allowed) expect(exposedBy(answer)).toEqual([...exposed].sort());
    }
    away.mockRestore();
    expect((await redeem(origins[0] ?? '')).status).toBe(400);
  });

  it('reads 429 and when to try again; a stranger reads nothing', async () => {
    for (let i = 0; i < 8; i++) await redeem(origins[0] ?? '');
    for (const path of paths)
      for (const origin of origins) {
        const answer = await redeem(origin, path);
        expect([answer.status, allowedBy(answer)], `${path} ${origin}`).toEqual([429, origin]);
        expect(exposedBy(answer)).toEqual([...exposed].sort());
        expect(answer.headers.get('vary')).toMatch(/origin/i);
      }
    for (const origin of [stranger, 'null']) expect(allowedBy(await redeem(origin))).toBeNull();
  });
});
