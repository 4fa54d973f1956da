// Calls the administration API of a provider elsewhere: `/admin/v1`, described by its OpenAPI document.
import { ProviderRefusal, unexpected } from './remote-error.ts';
import { type Incoming, jsonOf, type Outgoing } from './sender.ts';
import type { Session } from './session.ts';

/** An answer that is no refusal. */
export type Answer = {
  readonly body: Json;
  /** The revision of the record, from its ETag. 0 when there is none. */
  readonly revision: number;
};
export type Json = Readonly<Record<string, unknown>>;

/** `expected` is the revision that must be current (If-Match). Null: any revision. */
export type AdminApi = {
  get(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<Answer>;
  post(path: string, body?: Json): Promise<Answer>;
  patch(path: string, body: Json, expected: number | null): Promise<Answer>;
  put(path: string, file: { body: Buffer; type: string }, expected: number | null): Promise<Answer>;
  /** `expected` is absent for an operation that takes none. */
  delete(path: string, expected?: number | null): Promise<Answer>;
};

/**
 * Every call throws ProviderRefusal with the code of the API, or RemoteError when there is no usable
 * answer.
 */
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

/** Reads problem details (RFC 9457). */
function refusalOf(answer: Incoming): Error {
  const { code, detail, title } = jsonOf(answer);
  if (typeof code !== 'string') return unexpected(`The provider answers ${answer.status}.`);
  return new ProviderRefusal(code, String(detail ?? title ?? code), answer.status);
}

/** A list that the answer must have. @throws RemoteError `provider_unexpected` */
export function listIn(body: Json, name: string): Json[] {
  const list = body[name];
  if (!Array.isArray(list)) throw unexpected(`The provider’s answer has no ${name}.`);
  return list;
}

/** Null: there is no further page. */
export const cursorIn = ({ next_cursor: cursor }: Json): string | null => (typeof cursor === 'string' ? cursor : null);

/** Encodes an id as one segment of a path. */
export const segment = (id: string): string => encodeURIComponent(id);
