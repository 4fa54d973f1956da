// What `tessera account hash-password` does: prints a hash for TESSERA_ADMIN_PASSWORD_HASH. Stores nothing.
import { hashPassword } from '../app/basics.ts';
import { checkNewPassword } from '../core/account/password-rules.ts';
import { readPassword } from './input.ts';
import { type ConfigValues, configOf } from './parts.ts';

/** Reads the password from standard input. @throws AccountError when the password is too weak */
export async function printPasswordHash(values: ConfigValues): Promise<string> {
  const config = await configOf(values);
  const password = await readPassword();
  await checkNewPassword(password, []);
  return hashPassword(config, password);
}
