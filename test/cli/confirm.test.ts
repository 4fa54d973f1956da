// Destructive commands ask for confirmation. Without a terminal they require --yes and are refused before
// they open the store.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteAccount } from '../../src/cli/accounts.ts';
import { rotateKeys } from '../../src/cli/keys.ts';
import { rows } from '../../src/cli/rows.ts';
import { runCommand } from '../../src/cli/run-command-line.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { svg } from '../support/pictures.ts';

const clock = () => Math.floor(Date.now() / 1000);
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tessera-confirm-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a command. `answer` is typed at a terminal; null: there is none. */
async function run(args: readonly string[], { answer = null as string | null, config = '' } = {}) {
  const questions: string[] = [];
  let out = '';
  const ask = async (question: string) => {
    questions.push(question);
    return answer ?? '';
  };
  const write = async (text: string) => {
    out += text;
  };
  const env = { XDG_CONFIG_HOME: folder };
  const words = config === '' ? args : [...args, '--config', config];
  await runCommand(words, { env, clock, write, isTerminal: false, ask: answer === null ? null : ask });
  return { out, questions };
}

/** Each with what it requires; the file of `client logo` is absent, so that it deletes the logo. */
const destructive = rows.flatMap((row) => {
  const options = row.options.flatMap((option) => (option.isRequired ? [`--${option.name}`, 'x'] : []));
  const extra = row.name === 'key rotate' ? ['--immediately'] : [];
  return row.destroys ? [{ name: row.name, args: [...row.name.split(' '), ...options, ...extra], row }] : [];
});

describe('without a terminal', () => {
  it('lists every command that destroys data permanently', () => {
    expect(destructive.map(({ name }) => name)).toEqual([
      'client logo',
      'client delete',
      'account delete',
      'key rotate',
    ]);
    const asking = rows.filter(({ options }) => options.some(({ name }) => name === 'yes')).map(({ name }) => name);
    expect(asking.sort()).toEqual([...destructive.map(({ name }) => name), 'client secret revoke'].sort());
  });

  it.each(destructive)('$name is refused before the store is opened', async ({ name, args }) => {
    const config = join(folder, 'no-such-file.yaml');
    await expect(run(args, { config })).rejects.toMatchObject({
      code: 'confirmation_required',
      message: expect.stringMatching(new RegExp(`^“${name}” destroys .* Add --yes\\. Nothing was changed\\.$`)),
    });
    expect(await readdir(folder)).toEqual([]);
    // With --yes it goes on, and fails for want of its configuration.
    await expect(run([...args, '--yes'], { config })).rejects.toThrow(/no-such-file/);
  });

  it.each(destructive.filter(({ row }) => row.place === 'either'))(
    '$name is refused for a provider elsewhere before anything is asked there',
    async ({ args }) => {
      const remote = [...args, '--issuer', 'https://id.example'];
      await expect(run(remote)).rejects.toMatchObject({ code: 'confirmation_required' });
      // With --yes it goes on to the sign-in, which there is none of.
      await expect(run([...remote, '--yes'])).rejects.toMatchObject({ code: 'not_signed_in' });
    },
  );
});

describe('at a terminal', () => {
  let app: TestApp;
  let config: string;
  beforeAll(async () => {
    app = await startApp();
    config = join(app.folder, 'config.yaml');
    const store = `{ kind: sqlite, path: ${join(app.folder, 'tessera.sqlite')} }`;
    await writeFile(config, `environment: development\nissuer: ${app.issuer}\nstore: ${store}\n`);
  });
  afterAll(() => app?.stop());

  const addClient = (id: string) =>
    app.clients.create({ client_id: id, client_name: `Name of ${id}`, redirect_uris: ['https://rp.example/cb'] });

  it.each(['', 'n', 'no', 'yess', 'x'])('takes the answer “%s” as no and changes nothing', async (answer) => {
    if (!(await app.clients.findAny('kept'))) await addClient('kept');
    const deletion = run(['client', 'delete', '--id', 'kept'], { answer, config });
    await expect(deletion).rejects.toMatchObject({ code: 'not_confirmed', message: 'Nothing was changed.' });
    expect(await app.clients.findAny('kept')).toMatchObject({ id: 'kept' });
  });

  it.each(['y', 'YES'])('takes the answer “%s” as yes and deletes what the question named', async (answer) => {
    await addClient(`gone-${answer}`);
    const args = ['client', 'delete', '--id', `gone-${answer}`];
    const { out, questions } = await run(args, { answer, config });
    expect(out).toBe(`App gone-${answer} is deleted.\n`);
    expect(questions).toEqual([
      `App gone-${answer} (Name of gone-${answer}) will be deleted for good, with 1 secret. ` +
        'Nobody can sign in to it any more.\nGo on? [y/N] ',
    ]);
    expect(await app.clients.findAny(`gone-${answer}`)).toBeNull();
  });

  it('revokes a secret without a question while another one is valid, and asks before the last one', async () => {
    const { client } = await addClient('secrets');
    const first = client.secrets[0]?.id ?? '';
    const { id: second } = await app.clients.addSecret('secrets', { name: 'second', expiresAt: null });
    const revoke = (secret: string) => ['client', 'secret', 'revoke', '--id', 'secrets', '--secret', secret];
    expect((await run(revoke(second), { config })).questions).toEqual([]);
    const { id: expiring } = await app.clients.addSecret('secrets', { name: 'ends', expiresAt: clock() + 1000 });
    expect((await run(revoke(expiring), { answer: 'n', config })).questions).toEqual([]);
    await expect(run(revoke(first), { config })).rejects.toMatchObject({ code: 'confirmation_required' });
    await expect(run(revoke(first), { answer: '', config })).rejects.toMatchObject({ code: 'not_confirmed' });
    expect((await app.clients.findAny('secrets'))?.secrets).toHaveLength(1);
    const { questions } = await run(revoke(first), { answer: 'y', config });
    expect(questions[0]).toMatch(/^This is the last valid secret of app secrets: /);
    expect((await app.clients.findAny('secrets'))?.secrets).toEqual([]);
  });

  it('deletes an account only after a question that counts its data', async () => {
    await app.accounts.create({ username: 'carol', password: 'tessera-demo-carol' });
    await app.phone('carol');
    const questions: string[] = [];
    const values = { username: 'carol', json: false };
    const deletion = (answer: 'yes' | 'no') =>
      deleteAccount(app, values, {
        confirm: async (loss) => {
          questions.push(loss);
          if (answer === 'no') throw new Error('no');
        },
      });
    await expect(deletion('no')).rejects.toThrow('no');
    expect(await app.accounts.findByUsername('carol')).toMatchObject({ username: 'carol' });
    expect(await deletion('yes')).toMatch(/^Account carol \(.*\) is deleted\.$/);
    expect(await app.accounts.findByUsername('carol')).toBeNull();
    expect(questions[1]).toBe(
      'Account carol (carol) will be deleted for good: 1 signed-in device, 0 passkeys, 0 signed-in browsers.\n' +
        'It is signed out of every app. Its username becomes free, and its id never returns.',
    );
  });

  it('replaces all keys only after a question that names them', async () => {
    const key = { kid: 'old-kid', alg: 'ES256', createdAt: 0 };
    const shown = { key, state: 'current', signsFrom: 0, retiresAt: null } as const;
    const asked: unknown[] = [];
    const desk = {
      keys: { list: async () => [shown], rotate: async (how: unknown) => [shown].filter(() => asked.push(how)) },
      audit: { asked: async () => undefined },
    };
    const values = { immediately: true, json: true };
    const refuse = async (loss: string) => {
      expect(loss).toMatch(/^1 signing key will be removed at once:\n {2}ES256 old-kid\n/);
      throw new Error('no');
    };
    await expect(rotateKeys(desk, values, { confirm: refuse })).rejects.toThrow('no');
    expect(asked).toEqual([]);
    await rotateKeys(desk, { ...values, immediately: false }, { confirm: refuse });
    await rotateKeys(desk, values, { confirm: async () => undefined });
    expect(asked).toEqual([{ immediately: false }, { immediately: true }]);
  });

  it('deletes a logo after a question, and sets one without', async () => {
    await addClient('pictured');
    const file = join(folder, 'logo.svg');
    await writeFile(file, svg('<rect width="8" height="8"/>'));
    const logo = ['client', 'logo', '--id', 'pictured'];
    expect((await run([...logo, '--file', file], { config })).questions).toEqual([]);
    await expect(run(logo, { answer: 'n', config })).rejects.toMatchObject({ code: 'not_confirmed' });
    expect(await app.clients.findAny('pictured')).toMatchObject({ logo: { hash: expect.any(String) } });
    expect((await run(logo, { answer: 'y', config })).questions[0]).toContain('The logo of app pictured');
    expect(await app.clients.findAny('pictured')).toMatchObject({ logo: null });
  });
});
