// Clients that openapi-typescript generates from the two OpenAPI documents compile and do their work. What
// they are told of each refusal is a type, so a program compares codes with the help of its compiler.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMachine } from '../support/admin-machine.ts';
import { startApp, type TestApp } from '../support/app.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const modules = join(root, 'node_modules');
const generator = join(modules, 'type-generator/node_modules/openapi-typescript/bin/cli.js');

/** As a developer starts with: strict, and packages are checked along. */
const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  types: ['node'],
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
};

let app: TestApp;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  folder = await mkdtemp(join(tmpdir(), 'tessera-generated-'));
  await cp(join(root, 'test/support/generated-clients'), folder, { recursive: true });
  await symlink(modules, join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  for (const of of ['admin', 'phone']) {
    const from = `${app.issuer}/${of}/v1/openapi.json`;
    await run(process.execPath, [generator, from, '--output', join(folder, `${of}-types.ts`)]);
  }
});
afterAll(async () => {
  await app.stop();
  await rm(folder, { recursive: true, force: true });
});

/** @returns what a program reports of its calls */
async function reportOf(program: string, ...values: string[]) {
  const { stdout } = await run(process.execPath, [join(folder, program), app.issuer, ...values]);
  return JSON.parse(stdout);
}

it('compile', async () => {
  const compiled = run(join(modules, '.bin/tsc'), ['-p', folder]).catch(({ stdout }) => ({ stdout }));
  expect((await compiled).stdout).toBe('');
});

it('of the administration API list, create and change clients, and are told why they are refused', async () => {
  const machine = await openMachine(app, 'clients:read', 'clients:write');
  const report = await reportOf('admin.ts', machine.token);
  expect(report).toEqual({
    made: { name: 'Made by a program', hasSecret: true },
    names: expect.arrayContaining(['Made by a program', 'Ops', 'Tea House']),
    changed: { name: 'Changed', pkce: true, scope: 'openid profile' },
    stale: [412, true],
    wrong: [422, 'client_metadata_invalid', ['redirect_uris.0']],
    absent: [404, 'client_not_found'],
  });
});

it('of the phone API list devices, and are told that a proof is wrong', async () => {
  const { cookie } = await app.phone();
  expect(await reportOf('phone.ts', cookie)).toEqual({
    devices: ['string'],
    refused: [401, 'device_proof_invalid'],
  });
});
