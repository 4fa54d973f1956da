// The OpenAPI documents match the server: an independent validator accepts them, they list every route, and
// every operation answers as documented.
import { setImmediate } from 'node:timers/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminScopes, clientInputSchema } from '../../src/core/client/client-schema.ts';
import { type Machine, openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { createJudge, type OpenApi, type Operation, operationsOf, readOpenApi, schemasIn } from '../support/openapi.ts';
import { type Driven, operationDrivers } from '../support/operation-drivers.ts';

let app: TestApp;
let api: Machine;
let nobody: Machine;
const documents = new Map<string, OpenApi>();

beforeAll(async () => {
  const limits = { ticket_creations_per_minute: 10_000, claims_per_address_per_minute: 10_000 };
  app = await startApp({ registration: { enabled: true }, limits });
  api = await openMachine(app, ...adminScopes);
  nobody = await openMachine(app, 'audit:read');
  for (const of of ['admin', 'phone'] as const) documents.set(of, await readOpenApi(app.issuer, of));
});
afterAll(() => app.stop());

const document = (of: string): OpenApi => documents.get(of) ?? ({} as OpenApi);
const guarded = (of: string): Operation[] => operationsOf(document(of)).filter(({ security }) => security.length > 0);
const exampleOf = ({ requestBody }: Operation) => requestBody?.content['application/json']?.example;
const unknown = (path: string) => path.replace(/\{\w+\}/g, 'nope');

async function send(path: string, method: string, headers: Record<string, string>, body?: string): Promise<Driven> {
  const response = await fetch(`${app.issuer}${path}`, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
}

describe.each(['admin', 'phone'])('the document of the %s API', (of) => {
  it('is valid OpenAPI 3.1, with strict schemas', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document(of)) as never);
    expect([valid, errors, validator.version]).toEqual([true, undefined, '3.1']);
    const judge = createJudge(document(of));
    for (const { requestBody, responses } of operationsOf(document(of))) {
      for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)])
        for (const { schema = {} } of Object.values(content)) judge.problems(schema, null);
    }
  });

  it('has every route, and nothing else', () => {
    const routes = app.routes
      .filter(({ path }) => path.startsWith(`/${of}/v1/`))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    expect(
      operationsOf(document(of))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(routes.sort());
  });

  it('describes every operation, its authorization, and its refusals', () => {
    const operations = operationsOf(document(of));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of operations) {
      const { name, summary, operationId, path, parameters = [], security, responses } = operation;
      expect([summary, operationId], name).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/^\w+$/)]);
      const inPath = parameters.filter((each) => each.in === 'path').map((each) => `{${each.name}}`);
      expect(inPath.sort(), name).toEqual((path.match(/\{\w+\}/g) ?? []).sort());
      if (security.length > 0) expect(Object.keys(responses), name).toEqual(expect.arrayContaining(['401', 'default']));
    }
  });

  it('has an example of every body, of the shape that it describes', () => {
    const judge = createJudge(document(of));
    for (const operation of operationsOf(document(of))) {
      // A picture is a file, and a schema does not describe its content.
      if (!operation.requestBody?.content['application/json']) continue;
      const example = exampleOf(operation);
      expect(example, `${operation.name} needs an example of its body: add \`example\` beside \`body\``).toBeDefined();
      const schema = operation.requestBody.content['application/json']?.schema ?? {};
      expect(judge.problems(schema, example), operation.name).toEqual([]);
    }
  });

  it('gives every integer a format, which has 64 bits where 32 do not suffice', () => {
    const integers = [...schemasIn(document(of))].filter(([, { type }]) => [type].flat().includes('integer'));
    expect(integers.length).toBeGreaterThan(5);
    for (const [place, { format, maximum, description = '' }] of integers) {
      expect(['int32', 'int64'], place).toContain(format);
      if (Number(maximum) > 2 ** 31 - 1 || /Epoch seconds/.test(String(description)))
        expect(format, place).toBe('int64');
    }
  });

  it('has patterns that every language of generated clients reads alike', () => {
    const patterned = [...schemasIn(document(of))].filter(([, { pattern }]) => pattern !== undefined);
    expect(patterned.length).toBeGreaterThan(0);
    for (const [place, { pattern }] of patterned) {
      const text = String(pattern);
      expect(() => new RegExp(text, 'u'), place).not.toThrow();
      // RE2 has neither \u nor groups that look around, Python has no \p, and Go puts patterns into quotes.
      expect(text.match(/\\[^xwdsWDS.\\/[\]]|\(\?[^:]|["`]/g), `${place}: ${text}`).toBeNull();
    }
  });

  it('uses only what code generators understand', () => {
    const { securitySchemes } = document(of).components as unknown as { securitySchemes: Record<string, object> };
    for (const scheme of Object.values(securitySchemes) as { type: string; scheme?: string }[])
      if (scheme.type === 'http') expect(['basic', 'bearer']).toContain(scheme.scheme);
    for (const [place, schema] of schemasIn(document(of))) expect(Object.keys(schema), place).not.toContain('const');
    for (const { name, responses, requestBody } of operationsOf(document(of))) {
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const [type, { schema }] of Object.entries(content))
          if (type === 'application/problem+json' && status !== 'default')
            expect(Object.keys(schema), `${name} ${status}`).toEqual(['allOf']);
      for (const [type, { schema }] of Object.entries(requestBody?.content ?? {}))
        if (type !== 'application/json') expect([type, schema]).toEqual([type, { type: 'string', format: 'binary' }]);
    }
  });

  it('lets every list and map of a body be null, unless it is required', () => {
    // The generated Java client fills those that may not be null with empty ones, and sends them.
    const isContainer = ({ type, properties = {} }: Record<string, unknown>) =>
      type === 'array' || (type === 'object' && Object.keys(properties as object).length === 0);
    const { schemas } = document(of).components;
    for (const { name, requestBody } of operationsOf(document(of))) {
      const schema: { $ref?: string } = requestBody?.content['application/json']?.schema ?? {};
      const bodyName = String(schema.$ref).replace('#/components/schemas/', '');
      for (const [place, shape] of schemasIn(schemas[bodyName] ?? schema)) {
        const { properties = {}, required = [] } = shape as { properties?: object; required?: readonly string[] };
        const optional = Object.entries(properties).filter(([field]) => !required.includes(field));
        const filled = optional.filter(([, each]) => isContainer(each)).map(([field]) => field);
        expect(filled, `${name}${place}`).toEqual([]);
      }
    }
  });

  it('names the header of a proof at every operation that a bound token opens', () => {
    for (const { name, parameters = [] } of guarded(of))
      expect(
        parameters.map((each) => `${each.in} ${each.name}`),
        name,
      ).toContain('header DPoP');
  });

  it('is what every operation answers', async () => {
    const judge = createJudge(document(of));
    const operations = operationsOf(document(of));
    // Schemas were compiled for a while; connections that went idle meanwhile are found closed.
    await setImmediate();
    const missing = operations.filter(({ name }) => !operationDrivers[name]).map(({ name }) => `'${name}': …`);
    expect(missing, 'add these to test/support/operation-drivers.ts').toEqual([]);
    for (const operation of operations) {
      const driven = await operationDrivers[operation.name]?.({ app, api, example: exampleOf(operation) }).catch(
        (cause) => {
          throw new Error(`${operation.name} was not driven`, { cause });
        },
      );
      if (!driven) continue;
      expect(driven.status, `${operation.name}: ${JSON.stringify(driven.body)}`).toBeLessThan(300);
      judge.expectDocumented(operation, driven);
    }
  });
});

describe('the settings of a client', () => {
  const fieldsOf = (name: string) => {
    const { properties } = (document('admin').components.schemas[name] ?? {}) as { properties?: object };
    return Object.keys(properties ?? {}).sort();
  };
  const settings = Object.keys(clientInputSchema.shape).sort();

  it('are in the shapes of reading, creating and changing one', () => {
    expect(fieldsOf('PostClientsRequest')).toEqual(settings);
    expect(fieldsOf('PatchClientsIdRequest')).toEqual([...settings, 'enabled'].sort());
    expect(fieldsOf('Client')).toEqual(expect.arrayContaining(settings));
    expect(fieldsOf('CreatedClient')).toEqual([...fieldsOf('Client'), 'client_secret'].sort());
  });

  it('can each be left at their default by null, as the shape of a new one says', async () => {
    const judge = createJudge(document('admin'));
    const nulls = settings.filter((each) => each !== 'redirect_uris').map((name) => [name, null]);
    const input = { ...Object.fromEntries(nulls), redirect_uris: ['https://shop.example/cb'] };
    expect(judge.problems({ $ref: '#/components/schemas/PostClientsRequest' }, input)).toEqual([]);
    const made = await api.call('POST', '/clients', input);
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    const plain = await api.call('POST', '/clients', { redirect_uris: input.redirect_uris });
    expect(Object.keys(made.body).sort()).toEqual(Object.keys(plain.body).sort());
    const withoutUris = { grant_types: ['client_credentials'], redirect_uris: null };
    expect((await api.call('POST', '/clients', withoutUris)).status).toBe(201);
    expect((await api.call('POST', '/clients', { redirect_uris: null })).status).toBe(422);
  });

  it('can each be reset by null, as the shape says', async () => {
    const judge = createJudge(document('admin'));
    const { body } = await api.call('POST', '/clients', { redirect_uris: ['https://shop.example/cb'] });
    for (const name of settings.filter((each) => !['client_id', 'redirect_uris'].includes(each))) {
      const change = { [name]: null };
      expect(judge.problems({ $ref: '#/components/schemas/PatchClientsIdRequest' }, change), name).toEqual([]);
      const answer = await api.call('PATCH', `/clients/${body.client_id}`, change, { 'if-match': '*' });
      expect(answer.status, `${name}: ${JSON.stringify(answer.body)}`).toBe(200);
    }
  });
});

describe('a schema and the check behind it', () => {
  const emoji = (count: number) => '🫖'.repeat(count);
  const accountPath = async () => `/accounts/${(await app.accounts.findByUsername('bob'))?.id}`;
  const patchAccount = async (body: object) => api.call('PATCH', await accountPath(), body, { 'if-match': '*' });
  const createClient = (body: object) =>
    api.call('POST', '/clients', { redirect_uris: ['https://a.example/'], ...body });
  const invite = (body: object) => api.call('POST', '/invitations', body);
  const base = { redirect_uris: ['https://a.example/'] };
  /** Bodies by what the schema says of them; the server has to say the same. */
  const cases: [schema: string, send: (body: object) => Promise<{ status: number }>, good: object[], bad: object[]][] =
    [
      [
        'PatchAccountsIdRequest',
        patchAccount,
        [
          { email: 'bob+x@example.com' },
          { email: 'bjørn@møller.example' },
          { email: null },
          { display_name: emoji(100) },
          { locale: 'zh-Hant-TW' },
          { locale: null },
        ],
        [
          { email: 'bob' },
          { email: 'a b@example.com' },
          { email: 'a@b..c' },
          { email: 'a@-b' },
          { email: `${'a'.repeat(250)}@example.com` },
          { display_name: emoji(101) },
          { display_name: '' },
          { display_name: 'a\u202eb' },
          { display_name: 'a\nb' },
          { display_name: null },
          { locale: 'english language' },
          { locale: 'e' },
          { roles: ['administrator'] },
        ],
      ],
      [
        'PostClientsRequest',
        createClient,
        [
          { client_name: emoji(200) },
          { redirect_uris: ['https://a.example/cb?x=1'] },
          { cors_origins: ['https://a.example'] },
        ],
        [
          { client_name: emoji(201) },
          { client_name: 'a\u2066b' },
          { client_name: 'a\u0000b' },
          { redirect_uris: ['https://a.example/#x'] },
          { redirect_uris: ['no uri'] },
          { redirect_uris: [`https://a.example/${'a'.repeat(2048)}`] },
          { cors_origins: ['https://a.example/path'] },
          { logo_uri: 'javascript:alert(1)' },
          { logo_uri: 'https://eve@a.example/' },
          { access_token_seconds: 1 },
          { client_id: 'two words' },
          { nonsense: 1 },
        ].map((bad) => ({ ...base, ...bad })),
      ],
      [
        'PostInvitationsRequest',
        invite,
        [{}, { name: emoji(60) }, { uses: 1000, days: 90 }],
        [
          { name: emoji(61) },
          { name: 'a\u200fb' },
          { name: 'a\u2028b' },
          { uses: 0 },
          { uses: 1001 },
          { days: 91 },
          { days: 1.5 },
        ],
      ],
    ];

  it.each(cases)('%s agree', async (schema, ask, good, bad) => {
    const judge = createJudge(document('admin'));
    const says = (body: object) => judge.problems({ $ref: `#/components/schemas/${schema}` }, body);
    for (const body of good) {
      expect(says(body), JSON.stringify(body)).toEqual([]);
      const answer = await ask(body);
      expect(answer.status, JSON.stringify([body, answer])).toBeLessThan(300);
    }
    for (const body of bad) {
      expect(says(body), JSON.stringify(body)).not.toEqual([]);
      expect([400, 422], JSON.stringify(body)).toContain((await ask(body)).status);
    }
  });

  it('integers of a query agree, up to the greatest', async () => {
    const operations = operationsOf(document('admin'));
    const integers = operations.flatMap(({ path, method, parameters = [] }) =>
      parameters.flatMap(({ name, in: place, schema }) =>
        place === 'query' && schema?.type === 'integer' ? [{ path, method, name, ...schema }] : [],
      ),
    );
    expect(integers.length).toBeGreaterThan(4);
    for (const { path, method, name, minimum, maximum } of integers) {
      const headers = { authorization: `Bearer ${api.token}` };
      const ask = async (value: unknown) =>
        (await fetch(`${app.issuer}${path}?${name}=${value}`, { method, headers })).status;
      expect([name, await ask(minimum), await ask(maximum)]).toEqual([name, 200, 200]);
      expect([name, await ask(Number(minimum) - 1), await ask(BigInt(maximum ?? 0) + 1n)]).toEqual([name, 400, 400]);
    }
  });

  it('every field of a query may be empty, which counts as absent', async () => {
    const fields = operationsOf(document('admin')).flatMap(({ path, method, parameters = [] }) =>
      parameters.filter((each) => each.in === 'query').map((each) => ({ path, method, ...each })),
    );
    expect(fields.length).toBeGreaterThan(10);
    for (const { path, method, name, allowEmptyValue } of fields) {
      const headers = { authorization: `Bearer ${api.token}` };
      const answer = await fetch(`${app.issuer}${path}?${name}=`, { method, headers });
      await answer.arrayBuffer();
      expect([path, name, answer.status, allowEmptyValue]).toEqual([path, name, 200, true]);
    }
  });

  it('ScanRequest agree: a claim names its ticket in exactly one way', async () => {
    const judge = createJudge(document('phone'));
    const phone = await app.phone('alice');
    const ways = { qr: 'x', user_code: 'BCDF-GHJK', ask: 'A'.repeat(22) };
    const pairs = [
      { qr: 'x', user_code: 'BCDF-GHJK' },
      { user_code: 'BCDF-GHJK', ask: ways.ask },
      ways,
      {},
      { channel: 'link' },
    ];
    for (const body of Object.entries(ways).map(([way, value]) => ({ [way]: value }))) {
      expect(judge.problems({ $ref: '#/components/schemas/ScanRequest' }, body)).toEqual([]);
      expect((await phone.call('POST', '/phone/v1/scan', body)).status, JSON.stringify(body)).toBe(404);
    }
    for (const body of pairs) {
      expect(judge.problems({ $ref: '#/components/schemas/ScanRequest' }, body)).not.toEqual([]);
      expect((await phone.call('POST', '/phone/v1/scan', body)).status, JSON.stringify(body)).toBe(400);
    }
  });
});

describe('what is refused', () => {
  it('to a person without the role is documented at every operation of the administration API', () => {
    for (const { name, responses } of guarded('admin'))
      for (const code of ['scope_insufficient', 'role_missing', 'role_insufficient'])
        expect(responses[403]?.description, name).toContain(code);
  });

  const as = (machine: Machine) => ({ authorization: `Bearer ${machine.token}` });
  const json = { 'content-type': 'application/json' };
  /**
   * Each case asks every operation that it fits. An answer of another status than these is as wrong as an
   * undocumented one.
   */
  const cases: [
    about: string,
    status: number[],
    fits: (operation: Operation) => boolean,
    ask: (operation: Operation) => Promise<Driven>,
  ][] = [
    ['without a token', [401], () => true, ({ path, method }) => send(unknown(path), method, {})],
    [
      'without the scope',
      [403],
      ({ security }) => !['audit:read', undefined].includes(security[0]?.token?.[0]),
      ({ path, method }) => send(unknown(path), method, as(nobody)),
    ],
    [
      'for what is not there',
      [404],
      ({ path }) => path.includes('{'),
      (operation) => {
        const { path, method } = operation;
        const body = exampleOf(operation);
        const headers = { ...as(api), 'if-match': '*', ...(body !== undefined && json) };
        return send(unknown(path), method, headers, body === undefined ? undefined : JSON.stringify(body));
      },
    ],
    [
      'with a body that is no JSON',
      [400],
      ({ requestBody }) => requestBody?.content['application/json'] !== undefined,
      ({ path, method }) => send(unknown(path), method, { ...as(api), ...json, 'if-match': '*' }, '{'),
    ],
    [
      'with a body of another type',
      [415],
      ({ requestBody }) => requestBody?.content['application/json'] !== undefined,
      ({ path, method }) =>
        send(unknown(path), method, { ...as(api), 'content-type': 'text/csv', 'if-match': '*' }, 'a'),
    ],
    [
      'with a query that it does not know',
      [400],
      ({ parameters = [] }) => parameters.some((each) => each.in === 'query'),
      ({ path, method }) => send(`${unknown(path)}?nonsense=1`, method, as(api)),
    ],
    [
      'without saying which version was seen',
      [428],
      ({ parameters = [] }) => parameters.some(({ name }) => name === 'If-Match'),
      ({ path, method }) => send(unknown(path), method, { ...as(api), ...json }, '{}'),
    ],
  ];

  it.each(cases)('%s is documented and answered so', async (about, statuses, fits, ask) => {
    const judge = createJudge(document('admin'));
    const fitting = guarded('admin').filter(fits);
    expect(fitting.length).toBeGreaterThan(0);
    for (const operation of fitting) {
      const driven = await ask(operation);
      expect(statuses, `${operation.name} ${about}: ${JSON.stringify(driven.body)}`).toContain(driven.status);
      judge.expectDocumented(operation, driven);
    }
  });

  it('to a phone is documented and answered so', async () => {
    const judge = createJudge(document('phone'));
    const phone = await app.phone('bob');
    for (const operation of guarded('phone')) {
      const { name, path, method } = operation;
      const example = exampleOf(operation);
      const stranger = await send(unknown(path), method, {});
      expect(stranger.status, name).toBe(401);
      judge.expectDocumented(operation, stranger);
      const known = await phone.call(method, unknown(path), example);
      // What a push names is the phone's own, so nothing of it can be unknown.
      const isFound = path === '/phone/v1/push' ? 204 : 200;
      const isUnknown = path.includes('{') || path === '/phone/v1/scan';
      expect(known.status, name).toBe(isUnknown ? 404 : isFound);
      judge.expectDocumented(operation, known);
      if (example === undefined) continue;
      for (const body of ['{', '{"nonsense":1}']) {
        const proved = { cookie: phone.cookie, DPoP: await phone.proof(method, unknown(path)), ...json };
        const wrong = await send(unknown(path), method, proved, body);
        expect(wrong.status, name).toBe(400);
        judge.expectDocumented(operation, wrong);
      }
    }
  });
});
