// Port: the one key pair by which all nodes show themselves to push services (RFC 8292), sealed.

export type PushKeyStore = {
  /** Null before the first start. */
  find(): Promise<string | null>;
  /** Keeps it unless there is one already, as one atomic step. @returns the one that is kept */
  keep(sealed: string): Promise<string>;
};
