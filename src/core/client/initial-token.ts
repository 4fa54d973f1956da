// An initial access token (RFC 7591 §3): its holder may register `uses` clients until it expires. It is
// stored under its digest, which is its id.
import { z } from 'zod';
import { plainName } from './client-settings.ts';

/** Instants are in epoch seconds. */
export type InitialToken = {
  readonly name: string;
  readonly uses: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  /** The id of the account or client that made it. */
  readonly createdBy: string | null;
  /** Which of the two. Absent: unknown, or made by the command line. */
  readonly createdByKind?: 'account' | 'client';
};

/** A token with its remaining uses. */
export type ListedToken = InitialToken & { readonly id: string; readonly usesLeft: number };

export type InitialTokenPage = {
  /** The `cursor` of the previous page. */
  readonly after?: string | undefined;
  readonly limit: number;
};

export type InitialTokenStore = {
  put(id: string, token: InitialToken): Promise<void>;
  find(id: string): Promise<InitialToken | null>;
  /** Tokens that have not expired, the first to expire first. `cursor` is null on the last page. */
  page(page: InitialTokenPage): Promise<{ tokens: (InitialToken & { readonly id: string })[]; cursor: string | null }>;
  /** @returns false when there was none */
  delete(id: string): Promise<boolean>;
};

/** What an administrator may request, by API and in the console. Unknown keys are rejected. */
export const initialTokenWish = z.strictObject({
  name: plainName(60)
    .trim()
    .min(1)
    .describe('Name of the token. Each client that is registered with the token shows it.'),
  uses: z.int().min(1).max(1000).default(1).describe('Number of clients that can be registered.'),
  days: z.int().min(1).max(90).default(7).describe('Lifetime of the token. In days.'),
});
