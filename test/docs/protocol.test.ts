// docs/protocol.md names every route, error code, audit event and policy key of the code, and no others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents } from '../../src/core/audit/audit-record.ts';
import { defaultQrPolicy } from '../../src/core/client/client.ts';
import { adminScopes } from '../../src/core/client/client-schema.ts';
import { statusOf } from '../../src/http/kit/refusals.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { textOf } from '../support/documents.ts';

const page = textOf('docs/protocol.md');
const section = (number: number) => page.split(/^## (?=\d)/m).find((part) => part.startsWith(`${number}. `)) ?? '';

describe('the routes in protocol.md', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ registration: { enabled: true }, sign_up: 'open' });
  });
  afterAll(() => app.stop());

  /** `DELETE /registration/:id` is written beside its GET and PUT. */
  const named = () =>
    [...page.matchAll(/`((?:(?:GET|POST|PUT|PATCH|DELETE)(?:`, `|, )?)+) (\/[^`?\s]*)[^`]*`/g)].flatMap(
      ([, methods = '', path = '']) => (methods.match(/[A-Z]+/g) ?? []).map((method) => `${method} ${path}`),
    );
  /** Answered before our routers: streams, health, and what is oidc-provider's. */
  const elsewhere =
    /^(GET \/interaction\/:uid\/events|GET \/(healthz|readyz)|GET \/\.well-known\/openid-configuration|POST \/device\/auth|GET \/auth|POST \/session\/end(\/answer)?)$/;

  it('are those that the code answers to', () => {
    const routes = app.routes.map(({ method, path }) => `${method} ${path.replace(/(.)\/$/, '$1')}`);
    expect(routes.length).toBeGreaterThan(100);
    expect(routes.filter((route) => !named().includes(route))).toEqual([]);
    expect(named().filter((route) => !routes.includes(route) && !elsewhere.test(route))).toEqual([]);
  });
});

describe('protocol.md', () => {
  it('has every error code with its status, in section 8', () => {
    const rows = [...section(8).matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code = '', status]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(statusOf);
    expect(rows).toHaveLength(Object.keys(statusOf).length);
  });

  it('has every event of the audit trail, in section 14', () => {
    const events =
      section(14)
        .match(/`[a-z_]+(\.[a-z_]+)?`/g)
        ?.map((event) => event.slice(1, -1)) ?? [];
    const fields = [
      'at',
      'event',
      'facts',
      'address',
      'ticket_id',
      'correlation_id',
      'account_id',
      'client_id',
      'device_id',
    ];
    expect(events.filter((event) => !fields.includes(event)).sort()).toEqual([...auditEvents].sort());
  });

  it('has every policy key with its default, in section 5', () => {
    const rows = [...section(5).matchAll(/^\| `(\w+)` \| ([^|]*\*\*(\w+)\*\*[^|]*) \|/gm)];
    const defaults = Object.fromEntries(rows.map(([, key, , value]) => [key, value]));
    expect(defaults).toEqual({ ...defaultQrPolicy, device_grant: 'false' });
  });

  it('has every scope of the administration API, in section 13', () => {
    for (const scope of adminScopes) expect(section(13)).toContain(`\`${scope}\``);
  });
});
