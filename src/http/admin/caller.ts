// Tells a caller who it is to the administration API, so that a program can say for whom it works and what it
// may do.
import { z } from 'zod';
import type { AdminOperation } from './operation.ts';

/** The client, the person where one works by it, and the scopes that count now. */
const callerInfo = z.object({
  client_id: z.string(),
  scopes: z.array(z.string()).describe('Scopes that the caller has at present.'),
  account: z
    .object({ id: z.string(), username: z.string(), display_name: z.string(), roles: z.array(z.string()) })
    .nullable()
    .describe('Account of a person at the command line. Null for a machine.'),
});

/** @returns one operation, which needs no scope of its own */
export const adminCallerOperations = (): AdminOperation[] => [
  {
    method: 'get',
    path: '/me',
    summary: 'Read the caller and its rights',
    scope: null,
    refuses: ['role_missing'],
    answer: { status: 200, schema: callerInfo },
    async run(_ctx, { clientId, scopes, account }) {
      const person = account && {
        id: account.id,
        username: account.username,
        display_name: account.displayName,
        roles: [...account.roles],
      };
      return { body: { client_id: clientId, scopes: [...scopes], account: person ?? null } };
    },
  },
];
