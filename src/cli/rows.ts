// All commands, in the order of the help. One row per command; the rows of a noun are in a file of their own.
import type { Command } from './command.ts';
import { accountRows } from './rows/account.ts';
import { adminRows } from './rows/admin.ts';
import { auditRows } from './rows/audit.ts';
import { clientRows } from './rows/client.ts';
import { completionRows } from './rows/completion.ts';
import { configRows } from './rows/config.ts';
import { deviceRows } from './rows/device.ts';
import { keyRows } from './rows/key.ts';
import { loginRows } from './rows/login.ts';
import { startRows } from './rows/start.ts';
import { statusRows } from './rows/status.ts';

/** Every command of `tessera`. */
export const rows: readonly Command[] = [
  ...startRows,
  ...configRows,
  ...clientRows,
  ...accountRows,
  ...adminRows,
  ...deviceRows,
  ...keyRows,
  ...loginRows,
  ...statusRows,
  ...auditRows,
  ...completionRows,
];
