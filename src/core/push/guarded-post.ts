// The port through which a push message leaves. src/outbound/guarded-post.ts implements it.

export type Post = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborts the request, whatever state it is in. */
  readonly signal: AbortSignal;
};

/**
 * Sends one POST to an address that somebody else has chosen and returns the HTTP status of the answer. An
 * implementation must not connect to our own network (security.md E5), follow redirects, or read the body.
 * @throws Error when the host is inside our network, the connection fails, or `signal` aborts it
 */
export type GuardedPost = (url: URL, post: Post) => Promise<number>;
