// The port through which the picture behind a client's `logo_uri` is fetched. src/outbound/picture-fetch.ts
// implements it.

export type FetchedPicture = {
  /** The HTTP status. The body is read of a 200 only, and empty otherwise. */
  readonly status: number;
  /** The Content-Type header; empty when there was none. */
  readonly type: string;
  /** At most `maxBytes` + 1 bytes: a longer body is not read further, and its length says so. */
  readonly body: Buffer;
};

export type PictureLimits = {
  readonly maxBytes: number;
  /** Aborts the request, whatever state it is in. */
  readonly signal: AbortSignal;
};

/**
 * Sends one GET to an address that somebody else has chosen. An implementation must not connect to our own
 * network (security.md E5), follow redirects, send cookies or decompress the body.
 * @throws Error when the host is inside our network (`code` ERR_ADDRESS_INSIDE), the connection fails, or
 *   `signal` aborts it
 */
export type PictureFetch = (url: URL, limits: PictureLimits) => Promise<FetchedPicture>;
