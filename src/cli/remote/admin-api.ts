// The administration API of a provider elsewhere (`/admin/v1`, its OpenAPI document beside it): a path and a body in, what it answers out.
import { ProviderRefusal, unexpected } from './remote-error.ts';
import { type Incoming, jsonOf, type Outgoing } from './sender.ts';
import type { Session } from './session.ts';

export type Answer = {
  readonly body: Json /** Of the record, by its ETag; 0 where there is none. */;
  readonly revision: number;
};
export type Json = Readonly<Record<string, unknown>>;

export type AdminApi = {
  get(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<Answer>;
  post(path: string, body?: Json): Promise<Answer>;
  patch(path: string, body: Json, expected: number | null): Promise<Answer>;
  put(path: string, file: { body: Buffer; type: string }, expected: number | null): Promise<Answer>;
  /** `expected`: absent where the operation takes none. */
  delete(path: string, expected?: number | null): Promise<Answer>;
};

/** Every call @throws ProviderRefusal with the provider's own code; RemoteError */
export function createAdminApi(issuer: string, { send }: Pick<Session, 'send'>): AdminApi {
  async function call(method: Outgoing['method'], path: string, more: Partial<Outgoing> = {}): Promise<Answer> {
    const answer = await send({ method, url: `${issuer}/admin/v1${path}`, ...more });
    if (answer.status >= 400) throw refusalOf(answer);
    const revision = Number(/^"(\d+)"$/.exec(answer.headers.get('etag') ?? '')?.[1] ?? 0);
    return { body: jsonOf(answer), revision };
  }

  return {
    get(path, query = {}) {
      const given = new URLSearchParams();
      for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
      return call('GET', given.size > 0 ? `${path}?${given}` : path);
    },
    post: (path, body = {}) => call('POST', path, asJson(body)),
    patch: (path, body, expected) => call('PATCH', path, asJson(body, ifMatch(expected))),
    put: (path, { body, type }, expected) =>
      call('PUT', path, { headers: { 'content-type': type, ...ifMatch(expected) }, body: new Uint8Array(body) }),
    delete: (path, expected) => call('DELETE', path, expected === undefined ? {} : { headers: ifMatch(expected) }),
  };
}

const asJson = (body: Json, headers: Record<string, string> = {}) => ({
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const ifMatch = (expected: number | null) => ({ 'if-match': expected === null ? '*' : `"${expected}"` });

/** RFC 9457. */
function refusalOf(answer: Incoming): Error {
  const { code, detail, title } = jsonOf(answer);
  if (typeof code !== 'string') return unexpected(`The provider answers ${answer.status}.`);
  return new ProviderRefusal(code, String(detail ?? title ?? code), answer.status);
}

/** Of an answer that must have it. @throws RemoteError `provider_unexpected` */
export function listIn(body: Json, name: string): Json[] {
  const list = body[name];
  if (!Array.isArray(list)) throw unexpected(`The provider’s answer has no ${name}.`);
  return list;
}

export const cursorIn = ({ next_cursor: cursor }: Json): string | null => (typeof cursor === 'string' ? cursor : null);

/** One segment of a path, whatever stands in it. */
export const segment = (id: string): string => encodeURIComponent(id);
