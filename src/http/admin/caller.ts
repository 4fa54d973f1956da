// Administration: who is calling, as the provider sees it, so that a program can say whom it works for and what it may do.
import { z } from 'zod';
import type { AdminOperation } from './operation.ts';

const callerInfo = z.object({
  client_id: z.string(),
  scopes: z.array(z.string()).describe('What it may do here at this moment.'),
  account: z
    .object({ id: z.string(), username: z.string(), display_name: z.string(), roles: z.array(z.string()) })
    .nullable()
    .describe('The person who works by the command line; null: a machine.'),
});

export const adminCallerOperations = (): AdminOperation[] => [
  {
    method: 'get',
    path: '/me',
    summary: 'Who is calling, and what they may do',
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
