// Port: the key pair that identifies this provider to push services (RFC 8292), sealed and shared by all
// nodes.

export type PushKeyStore = {
  /** Returns the sealed key, or null before the first start. */
  find(): Promise<string | null>;
  /** Stores the key unless there is one already, as one atomic step. @returns the stored one */
  keep(sealed: string): Promise<string>;
};
