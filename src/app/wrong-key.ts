// What an operator reads when the encryption key and the store do not belong together: the names of both, so
// that it is clear which two files (or which variable and which server) to compare.
import { type Config, ConfigError } from '../config/config.ts';
import type { Secrets } from '../config/secrets.ts';
import { storeNameOf } from '../config/secrets-file.ts';
import { AppError } from '../errors.ts';

/** The store that is opened, and where its key comes from. */
export type KeyAndStore = {
  readonly config: Pick<Config, 'store'>;
  readonly secrets: Pick<Secrets, 'keySource'>;
};

/**
 * Runs `work` and passes its result on.
 * @throws ConfigError instead of AppError `encryption_key_wrong`; whatever else `work` throws
 */
export async function explainWrongKey<Result>(
  { config, secrets }: KeyAndStore,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'encryption_key_wrong') throw error;
    const message = `does not open ${storeNameOf(config.store)}, which was sealed with another encryption key; use the secrets that belong to this store`;
    throw new ConfigError([{ path: secrets.keySource, message }]);
  }
}
