// The port of password hashing (argon2id, RFC 9106). One hash takes tens of milliseconds of a processor, so
// the server hashes in another process (src/hashing/hashing-process.ts) and commands in their own
// (src/hashing/hash-here.ts). Which passwords are hashed at which cost is decided in password.ts.

/** Cost of one hash: memory in KiB, number of passes, number of lanes. */
export type HashOptions = { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };

export type Hashing = {
  /** Returns a PHC string (`$argon2id$v=19$m=…,t=…,p=…$salt$hash`) with a fresh salt. */
  readonly hash: (password: string, options: HashOptions) => Promise<string>;
  /** Compares a password with a PHC string. @throws Error when `stored` is not a PHC string */
  readonly verify: (stored: string, password: string) => Promise<boolean>;
  /** Returns true when `stored` was made with other costs than `options`. Synchronous, computes no hash. */
  readonly isOutdated: (stored: string, options: HashOptions) => boolean;
};
