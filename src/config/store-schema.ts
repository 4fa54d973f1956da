// The setting `store`: which database keeps everything, and how to reach it. Part of schema.ts.
import { z } from 'zod';

/** SQLite for one process (the default), or Redis for any number. */
export const store = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('sqlite').describe('An embedded database file, for one server process.'),
      path: z
        .string()
        .min(1)
        .default('data/tessera.sqlite')
        .describe('Path of the database file. Its folder is created when it does not exist.'),
    }),
    z.strictObject({
      kind: z.literal('redis').describe('Redis 7 or Valkey, for any number of server processes.'),
      url: z
        .string()
        .regex(/^rediss?:\/\//, 'must be a redis:// or rediss:// URL')
        .describe('URL of the server, with user and password if it needs them.'),
      key_prefix: z.string().max(64).default('tessera:').describe('Prefix of every key.'),
    }),
  ])
  .prefault({ kind: 'sqlite' })
  .describe('The database.');
