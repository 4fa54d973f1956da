// Port: the pictures of relying parties. Each upload keeps a copy of its own, so that removing one never takes another's away.
import type { Logo } from './logo.ts';

export type LogoStore = {
  /** Once it resolves the picture survives a crash. @param copy an id of this upload's own */
  put(copy: string, logo: Logo): Promise<void>;
  /** Any copy of it: they are all the same bytes. */
  find(hash: string): Promise<Logo | null>;
  /** This copy only; nothing when it is gone. */
  delete(hash: string, copy: string): Promise<void>;
};
