// Generated requests for test/http/fuzz.test.ts: right ones with something wrong in them, and nonsense.
// Marks in guillemets stand for secrets that only exist when a request is sent: «uid», «cookie», «ticket»,
// «token», «proof». Requests that change settings are in fuzz-settings.ts.
import fc from 'fast-check';
import { settingsRequests } from './fuzz-settings.ts';
import { authorizationParams } from './waiting-browser.ts';

type Pair = [name: string, value: string];

export type Fuzz = {
  /** Whose secrets stand for the marks. */
  who: number;
  method: string;
  path: string;
  query: Pair[];
  headers: Pair[];
  cookie: string;
  body: string;
  type: string;
};

const nastyTexts = `|0|-1|null|%00|%ff|%|../../etc/passwd|__proto__|constructor|[object Object]|<script>|' OR 1=1 --|{"$gt":""}|１２３`;
const nasty = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(...nastyTexts.split('|'), '\r\nSet-Cookie: a=b', 'a'.repeat(3000), '\u202e'),
);
const words = (text: string) => text.trim().split(/\s+/);
const encoded = ([name, value]: Pair): Pair => [name, encodeURIComponent(value.toWellFormed())];

const templates = words(`
  /auth /auth/:id /token /request /token/introspection /token/revocation /me /jwks /session/end /session/end/answer /session/end/confirm
  /session/end/success /.well-known/openid-configuration /interaction/:id /interaction/:id/events /interaction/:id/ticket /interaction/:id/session
  /interaction/:id/finish /interaction/:id/cancel /interaction/:id/password /interaction/:id/continue /interaction/:id/consent
  /interaction/:id/sign-up /interaction/:id/ask /interaction/:id/passkey /device/auth /registration /registration/:id
  /q /q/:id /link/:id /sign-in /sign-out /phone/v1/scan /phone/v1/openapi.json /phone/v1/approvals /phone/v1/approvals/:id
  /phone/v1/tickets/:id /phone/v1/tickets/:id/approve /phone/v1/tickets/:id/deny /assets/:id /healthz /readyz / /:id
`);

/** The id that fits the route, mostly. */
const fitting = (template: string): string => (template.startsWith('/phone') ? '«ticket»' : '«uid»');
const pathTo = (template: string) =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constant(fitting(template)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('x'.repeat(22), 'x'.repeat(43), '«ticket».0.xxxxxxxxxxx', '«ticket».1e9.x'),
      },
      { weight: 1, arbitrary: nasty.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 300)) },
    )
    .map((id) => template.replace(':id', id));
const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...templates).chain(pathTo) },
  { weight: 1, arbitrary: nasty.map((text) => `/${text}`) },
);

const names = words(`
  client_id redirect_uri response_type scope state nonce code_challenge code_challenge_method prompt max_age claims request
  request_uri id_token_hint login_hint acr_values ui_locales response_mode resource dpop_jkt grant_type code refresh_token
  code_verifier client_secret token wait seen return_to username password confirmation_code device_key device_proof
  post_logout_redirect_uri logout logout_hint xsrf plan again requested_scope email device_code x
`);
const right: Record<string, string> = Object.fromEntries(authorizationParams().params);
const plausible: Record<string, string[]> = {
  ...Object.fromEntries(Object.entries(right).map(([name, value]) => [name, [value]])),
  client_id: ['dev-public', 'dev-web', 'tea-house', 'dev-phone'],
  prompt: [
    'none',
    'login',
    'login consent',
    'none login',
    'select_account',
    'create',
    'login create',
    'none create',
    'create select_account consent',
  ],
  response_mode: ['query', 'form_post', 'fragment', 'web_message', 'jwt'],
  grant_type: [
    'authorization_code',
    'refresh_token',
    'password',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
  ],
  claims: ['{"id_token":{"acr":{"essential":true}}}', '{"userinfo":null}', '[]', '{"id_token":{"sub":{"value":"x"}}}'],
  max_age: ['0', '300', '-1', '1e9', '0x10', ' 5', '+5', '5.0', '9'.repeat(30)],
  login_hint: ['alice', 'alice@example.com', 'nobody@example.com', `${'a'.repeat(300)}@example.com`, '@'],
  id_token_hint: ['x.y.z', 'eyJhbGciOiJub25lIn0.e30.', 'e30.eyJhdWQiOiJkZXYtd2ViIn0.x', 'a'.repeat(17_000)],
  post_logout_redirect_uri: ['http://127.0.0.1:8765/', 'https://evil.example/', 'javascript:alert(1)', 'x'],
  logout: ['yes', 'no'],
  again: ['1'],
  ui_locales: ['en', 'zh-CN', 'xx yy', 'en '.repeat(200)],
  wait: ['0', '0.01', 'x', '-5', 'NaN', '1e-3'],
  scope: ['openid', 'profile', 'openid unknown', 'openid  profile', 'openid approve', 'clients:read'],
  resource: ['https://x.example', 'x', 'urn:x#y'],
  username: ['alice', 'ALICE', 'nobody', 'alice@example.com', 'nobody@example.com'],
  confirmation_code: ['000000', '12345', '１２３４５６'],
};
const someValue = (name: string) => fc.oneof(fc.constantFrom(...(plausible[name] ?? ['x'])), nasty);
const field = fc
  .constantFrom(...names)
  .chain((name) => fc.tuple(fc.constant(name), someValue(name)))
  // A held poll is no failure, but the test would wait for it.
  .filter(([name, value]) => name !== 'wait' || !(Number(value) > 0.02))
  .map(encoded);
/** A right authorization request without one of its parameters, with others besides. */
const almostRight = fc.tuple(fc.array(field, { maxLength: 2 }), fc.nat(20)).map(([more, drop]): Pair[] => [
  ...Object.entries(right)
    .filter((_, i) => i !== drop)
    .map(encoded),
  ...more,
]);
const fields = fc.oneof(fc.array(field, { maxLength: 8 }), almostRight);

const json = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record(
        {
          qr: fc.oneof(nasty, fc.integer(), fc.constant('«ticket».0.xxxxxxxxxxx')),
          user_code: fc.oneof(nasty, fc.constant('BCDF-GHJK')),
          channel: fc.oneof(nasty, fc.constantFrom('scanner', 'link')),
          approval_token: fc.oneof(nasty, fc.constantFrom('«token»', 'x'.repeat(43))),
          scopes: fc.oneof(fc.array(nasty, { maxLength: 3 }), nasty),
          report: fc.oneof(fc.boolean(), nasty),
          confirmation_code: fc.oneof(nasty, fc.constant('123456'), fc.integer()),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '{}',
      '{"approval_token":"«token»"}',
      '{"approval_token":"«token»","scopes":["openid","admin"]}',
      '{"approval_token":"«token»","report":true}',
      '{"confirmation_code":"000000"}',
      '{"user_code":"BCDF-GHJK"}',
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('{', '"', '['.repeat(20_000), '{"a":1e999}', '\ufeff{}', '{"qr":"x","qr":"y"}'),
  },
);

const header = fc
  .tuple(
    fc.constantFrom(
      ...words(`accept accept-language authorization dpop origin sec-fetch-site sec-fetch-dest user-agent x-forwarded-for
        x-forwarded-host forwarded if-none-match range content-encoding x-request-id`),
    ),
    fc.oneof(
      nasty,
      fc.constantFrom(
        'text/html',
        'application/json',
        '*/*;q=0',
        'zh-CN,zh;q=0.9',
        'null',
        'cross-site',
        'same-origin',
        'gzip',
      ),
      fc.constantFrom('Bearer x', 'DPoP x', 'Basic eDp5', 'Basic !!', 'Basic ZGV2LXdlYjp4', 'eyJhbGciOiJub25lIn0.e30.'),
    ),
  )
  .map(([name, value]): Pair => [name, value]);
const headers = fc
  .tuple(fc.boolean(), fc.array(header, { maxLength: 2 }))
  .map(([isProved, some]): Pair[] => (isProved ? [...some, ['dpop', '«proof»']] : some));

const cookie = (device: string) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(`«cookie»; ${device}`, '«cookie»', device) },
    { weight: 1, arbitrary: fc.constantFrom('', '«cookie»x', 'x«cookie»', '«cookie»; «cookie»', `${device}x`) },
    {
      weight: 1,
      arbitrary: nasty.map((text) =>
        ['interaction', 'interaction.sig', 'session', 'device', 'browser', 'opened']
          .map((name) => `tessera_${name}=${text}`)
          .join('; '),
      ),
    },
  );

const contents: fc.Arbitrary<{ body: string; type: string }> = fc.oneof(
  fc.record({ body: json, type: fc.constant('application/json') }),
  fields.map((pairs) => form(pairs)),
  fc.record({
    body: fc.oneof(json, nasty),
    type: fc.oneof(nasty, fc.constantFrom('application/json', 'text/plain', 'multipart/form-data; boundary=x')),
  }),
);

const form = (pairs: Pair[]) => ({
  body: pairs.map((pair) => pair.join('=')).join('&'),
  type: 'application/x-www-form-urlencoded',
});

type Common = { who: fc.Arbitrary<number>; headers: fc.Arbitrary<Pair[]>; cookie: fc.Arbitrary<string> };

/** Signing out by GET and POST, with its parameters right, wrong, twice or too long. */
const signOut = (common: Common) => {
  const names = words(
    'id_token_hint client_id post_logout_redirect_uri state ui_locales logout_hint again xsrf plan logout',
  );
  const own = fc
    .array(
      fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), someValue(name))),
      { maxLength: 6 },
    )
    .map((pairs) => pairs.map(encoded));
  return fc.record({
    ...common,
    method: fc.constantFrom('GET', 'POST'),
    path: fc.constantFrom('/session/end', '/session/end', '/session/end/answer', '/session/end/success'),
    query: own,
    contents: own.map(form),
  });
};

/** @param device the cookie of a phone that is signed in */
export function fuzzRequests(device: string): fc.Arbitrary<Fuzz> {
  const common = { who: fc.nat(1000), headers, cookie: cookie(device) };
  const anywhere = fc.record({
    ...common,
    method: fc.constantFrom(...words('GET GET GET POST POST POST POST HEAD PUT DELETE PATCH OPTIONS')),
    path,
    query: fc.oneof(fields, fc.constant<Pair[]>([])),
    contents,
  });
  // Authorization requests that are right or nearly so, pushed (RFC 9126) and not: at random, hardly any is.
  const pushed = fc.record({
    ...common,
    method: fc.constant('POST'),
    path: fc.constant('/request'),
    query: fc.constant<Pair[]>([]),
    contents: almostRight.map(form),
  });
  const authorization = fc.record({
    ...common,
    method: fc.constant('GET'),
    path: fc.constant('/auth'),
    query: almostRight,
    contents: fc.constant(form([])),
  });
  const protocol = fc.oneof(
    { weight: 26, arbitrary: anywhere },
    { weight: 1, arbitrary: pushed },
    { weight: 1, arbitrary: authorization },
    { weight: 1, arbitrary: signOut(common) },
  );
  return fc.oneof(
    { weight: 28, arbitrary: protocol.map(({ contents: { body, type }, ...rest }) => ({ ...rest, body, type })) },
    {
      weight: 3,
      arbitrary: fc.record({ who: common.who, sent: settingsRequests }).map(({ who, sent }) => ({ who, ...sent })),
    },
  );
}
