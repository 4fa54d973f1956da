// Generated requests that change settings, for test/http/fuzz.test.ts: the administration API and dynamic
// registration, with right and wrong values, versions and targets. Marks as in fuzz-requests.ts, and
// «machine» (a token), «initial» (an initial access token), «client» and «account» (ids of their own).
import fc from 'fast-check';

type Sent = {
  method: string;
  path: string;
  query: [string, string][];
  headers: [string, string][];
  cookie: string;
  body: string;
  type: string;
};

const wrong = fc.oneof(
  fc.constantFrom<unknown>(null, '', 'true', 0, 1e308, [], {}, 'a'.repeat(3000), ['a', 'a'], '\u202e', '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const oneOf = (...values: unknown[]) => fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, wrong);

/** Settings of a client: most are right by themselves, and together some contradict each other. */
const settings = fc.record(
  {
    client_name: oneOf('Fuzz', 'Fuzz \u{1f375}'),
    redirect_uris: oneOf(
      ['https://fuzz.example/cb'],
      ['http://10.0.0.1/cb'],
      ['http://nas.local/cb', 'https://fuzz.example/cb'],
      ['http://fuzz.example/cb'],
      ['myapp:/cb'],
      ['javascript:alert(1)'],
      ['intent://cb'],
      ['https://fuzz.example/cb#x', 'https://user@fuzz.example/cb'],
      ['capacitor://localhost/cb'],
    ),
    application_type: oneOf('web', 'native', 'other'),
    token_endpoint_auth_method: oneOf('none', 'client_secret_basic', 'private_key_jwt', 'tls_client_auth'),
    grant_types: oneOf(['authorization_code'], ['authorization_code', 'refresh_token'], ['implicit']),
    require_pkce: oneOf(true, false),
    id_token_claims: oneOf('scopes', 'minimal', 'all'),
    allow_insecure_redirects: oneOf(true, false),
    first_party: oneOf(true, false),
    cors_origins: oneOf(['capacitor://localhost'], ['https://fuzz.example/'], ['*']),
    scope: oneOf('openid', 'openid profile', 'openid approve', 'openid clients:read'),
    sign_in: oneOf('any', 'passkey'),
    unknown_setting: oneOf(true),
  },
  { requiredKeys: [] },
);
const person = fc.record(
  {
    email: oneOf('fuzz@example.com', 'bob@example.com', 'x', 'a@b@c'),
    email_verified: oneOf(true, false),
    display_name: oneOf('Fuzz'),
    locale: oneOf('en', 'zh-CN', 'xx-yy-zz'),
    enabled: oneOf(true),
    roles: oneOf([]),
  },
  { requiredKeys: [] },
);

const tag = fc.constantFrom('"0"', '"1"', 'W/"2"', '"3"', 'W/1', '1', '"x"', '"', `"${'9'.repeat(30)}"`, '"1e3"');
const ifMatch = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: tag },
  { weight: 1, arbitrary: fc.array(tag, { minLength: 2, maxLength: 40 }).map((tags) => tags.join(', ')) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', ',', '*, "1"', '"1" "2"', 'a'.repeat(3000)) },
);

const target = (kind: 'clients' | 'accounts', own: string) =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.constant(own) },
      // Of the configuration, of a person with a role, of nobody.
      { weight: 1, arbitrary: fc.constantFrom('tea-house', 'nobody', '%00', '..%2f', 'x'.repeat(300)) },
    )
    .map((id) => `/admin/v1/${kind}/${id}`);
const number = fc.constantFrom('', '1', '007', '1e3', '0x10', ' 5', '+5', '5.0', '-1', '٥', '9'.repeat(30));
const query = fc.array(fc.tuple(fc.constantFrom('limit', 'from', 'to', 'cursor'), number.map(encodeURIComponent)), {
  maxLength: 3,
});

const request = (given: {
  method: string;
  path: fc.Arbitrary<string>;
  body?: fc.Arbitrary<unknown>;
  token?: string;
  query?: fc.Arbitrary<[string, string][]>;
}): fc.Arbitrary<Sent> =>
  fc
    .record({
      path: given.path,
      body: given.body ?? fc.constant(''),
      query: given.query ?? fc.constant<[string, string][]>([]),
      version: ifMatch,
      isNamed: fc.nat(9).map((n) => n > 0),
    })
    .map(({ path, body, query, version, isNamed }) => ({
      method: given.method,
      path,
      query,
      headers: [
        ['authorization', isNamed ? `Bearer ${given.token ?? '«machine»'}` : 'Bearer x'],
        ['if-match', version],
      ],
      cookie: '',
      body: body === '' ? '' : JSON.stringify(body),
      type: 'application/json',
    }));

export const settingsRequests: fc.Arbitrary<Sent> = fc.oneof(
  request({ method: 'POST', path: fc.constant('/admin/v1/clients'), body: settings }),
  request({ method: 'PATCH', path: target('clients', '«client»'), body: settings }),
  request({ method: 'PATCH', path: target('accounts', '«account»'), body: person }),
  request({
    method: 'GET',
    path: fc.constantFrom('/admin/v1/audit', '/admin/v1/clients', '/admin/v1/accounts'),
    query,
  }),
  request({ method: 'POST', path: fc.constant('/registration'), body: settings, token: '«initial»' }),
);
