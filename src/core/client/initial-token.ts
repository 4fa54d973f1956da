// A token that lets its holder register so many clients for so long (RFC 7591 §3), as it is kept: under its digest, which is its id.
import { z } from 'zod';
import { plainName } from './client-schema.ts';

export type InitialToken = {
  readonly name: string;
  readonly uses: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  /** The account or machine that made it. */
  readonly createdBy: string | null;
  /** Which of the two; an id alone says nothing. Absent: by nobody, or not known. */
  readonly createdByKind?: 'account' | 'client';
};

/** How it stands: `usesLeft` counts down to nothing. */
export type ListedToken = InitialToken & { readonly id: string; readonly usesLeft: number };

export type InitialTokenPage = {
  /** The `cursor` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type InitialTokenStore = {
  put(id: string, token: InitialToken): Promise<void>;
  find(id: string): Promise<InitialToken | null>;
  /** Living ones, those that end first at first. `cursor` is null on the last page. */
  page(page: InitialTokenPage): Promise<{ tokens: (InitialToken & { readonly id: string })[]; cursor: string | null }>;
  /** @returns false when there was none. */
  delete(id: string): Promise<boolean>;
};

/** What an administrator asks for, over the administration API as in the console. Unknown keys are refused. */
export const initialTokenWish = z.strictObject({
  name: plainName(60).trim().min(1).describe('Stands with every client registered by it.'),
  uses: z.int().min(1).max(1000).default(1).describe('So many clients.'),
  days: z.int().min(1).max(90).default(7).describe('For so long.'),
});
