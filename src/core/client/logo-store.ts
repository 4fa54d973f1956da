// Port: pictures of relying parties and accounts. Each upload is a copy of its own, so that deleting one
// never deletes another.
import type { Logo } from './logo.ts';

export type LogoStore = {
  /** Stores the picture. Once it resolves, it survives a crash. @param copy the id of this upload */
  put(copy: string, logo: Logo): Promise<void>;
  /** Returns the picture from any copy; all have the same bytes. */
  find(hash: string): Promise<Logo | null>;
  /** Deletes this copy only. Does nothing when it is gone. */
  delete(hash: string, copy: string): Promise<void>;
};
