// Who does the work of argon2id, which takes tens of milliseconds of a processor. A provider has a process for it (hashing/hashing-process.ts).
import { hash, verify } from 'argon2';

export type HashOptions = { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };

export type Hashing = {
  /** A PHC string. */
  readonly hash: (password: string, options: HashOptions) => Promise<string>;
  /** @throws Error when `stored` is no PHC string */
  readonly verify: (stored: string, password: string) => Promise<boolean>;
};

/** This process: for commands, which have nothing else to do meanwhile. */
export const hashHere: Hashing = { hash, verify };
