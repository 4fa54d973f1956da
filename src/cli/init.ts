// What `tessera config init` does: writes the first lines of a configuration into the current folder.

import { writeFile } from 'node:fs/promises';
import { spellCommand } from '../command-name.ts';
import { ownConfigFile } from '../config/files.ts';
import { UsageError } from './usage-error.ts';

/** An existing file is not overwritten. @throws UsageError */
export async function initConfig({ issuer = 'http://localhost:3000' }: { issuer?: string | undefined }) {
  if (!URL.canParse(issuer)) throw new UsageError('--issuer must be an address, such as https://login.example.com.');
  const { origin, port, protocol } = new URL(issuer);
  const isLocal = protocol === 'http:';
  // An http issuer is for this machine only, so it gets a development configuration.
  const lines = [
    `environment: ${isLocal ? 'development' : 'production'}`,
    `issuer: ${origin}`,
    ...(isLocal && port ? ['http:', `  port: ${port}`] : []),
    'store:',
    '  kind: sqlite',
    '  path: data/tessera.sqlite',
    '',
  ];
  await writeFile(ownConfigFile, lines.join('\n'), { flag: 'wx' }).catch((cause) => {
    throw new UsageError(`${ownConfigFile} exists already, or cannot be written.`, { cause });
  });
  const secrets = isLocal ? [] : [`Next, secrets for the environment: ${spellCommand('key generate')}`];
  return [`Wrote ${ownConfigFile}.`, ...secrets].join('\n');
}
