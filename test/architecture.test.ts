// Reads every import of src and asserts the table of docs/design.md section 2: who may import whom.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');
const files = globSync('**/*.ts', { cwd: root }).sort();
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

type Import = { from: string; to: string; isTypeOnly: boolean; isDynamic: boolean };

/** Files of ours as paths below src, packages by name. */
function importsOf(file: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gms;
  return [...textOf(file).matchAll(statements)].map(([, type, specifier = '', dynamic]) => {
    const name = dynamic ?? specifier;
    const to = name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name;
    return { from: file, to, isTypeOnly: type !== undefined, isDynamic: dynamic !== undefined };
  });
}

const all = files.flatMap(importsOf);
const isOwn = (path: string) => path.endsWith('.ts');

/** The unit that the table speaks of: a concept, an audience, a folder, or a file of src itself. */
function unitOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  if (first === 'core' || first === 'http') return `${first}/${second}`;
  return path.includes('/') ? first : path.replace(/\.ts$/, '');
}

const foundations = ['clock', 'command-name', 'crypto', 'errors', 'log', 'queue-worker', 'terminal-qr'];

/** Concepts, and the concepts below each of them. */
const concepts: Record<string, string[]> = {
  ticket: [],
  limit: [],
  device: [],
  place: [],
  client: ['limit'],
  risk: ['client', 'place'],
  audit: ['ticket'],
  key: ['audit'],
  logout: ['audit'],
  mail: ['audit'],
  account: ['client', 'limit', 'mail'],
  statistics: ['audit', 'ticket'],
  push: ['device', 'place'],
  ask: ['audit', 'client', 'device', 'limit', 'ticket'],
  approval: ['account', 'audit', 'client', 'device', 'place', 'risk', 'ticket'],
  notice: ['account', 'approval', 'audit', 'device', 'mail'],
  link: ['account', 'approval', 'audit', 'device'],
  email: ['account', 'audit', 'limit', 'link', 'mail'],
};
const core = Object.keys(concepts).map((name) => `core/${name}`);
const audiences = ['waiting', 'phone', 'guest', 'account', 'console', 'admin', 'oidc'].map((name) => `http/${name}`);

/** The only imports between audiences of http, at most ten. */
const betweenAudiences: string[] = [];

const table: Record<string, string[]> = {
  ...Object.fromEntries(foundations.map((name) => [name, []])),
  ...Object.fromEntries(core.map((name) => [name, (concepts[name.slice(5)] ?? []).map((below) => `core/${below}`)])),
  config: core,
  i18n: core,
  oidc: core,
  outbound: core,
  hashing: core,
  store: [...core, 'oidc'],
  'http/kit': [...core, 'oidc', 'i18n'],
  ...Object.fromEntries(audiences.map((name) => [name, [...core, 'oidc', 'i18n', 'http/kit']])),
  browser: [],
  demo: [],
  main: ['app', 'config', 'demo'],
  cli: ['app', 'config', 'main', 'store', 'oidc', ...core],
};

const packages: Record<string, RegExp> = {
  config: /^(zod|yaml)$/,
  i18n: /^(eta|intl-messageformat)$/,
  oidc: /^(oidc-provider|jose)$/,
  hashing: /^argon2$/,
  outbound: /^(nodemailer|mmdb-lib)$/,
  store: /^ioredis$/,
  browser: /^(qrcode|qr\/decode\.js|@simplewebauthn\/browser)$/,
  demo: /^(openid-client|selfsigned|qrcode)$/,
  cli: /^(yaml|jose|commander)$/,
  log: /^pino$/,
  'terminal-qr': /^qrcode$/,
  'core/account': /^(@simplewebauthn\/server|@zxcvbn-ts\/(core|language-common|language-en))$/,
  'core/client': /^zod$/,
  'core/push': /^jose$/,
  http: /^(koa|@koa\/router|eta|zod|jose|bowser|qrcode|esbuild)$/,
};
/** What opens sockets, files or processes stands behind a port, outside the core. */
const notInCore = /^node:(net|tls|dns|http|https|fs|child_process|worker_threads|sqlite)/;

const isAllowed = ({ from, to }: Import): boolean => {
  const [unit, other] = [unitOf(from), unitOf(to)];
  if (unit === other || unit === 'app') return true;
  return foundations.includes(other) ? unit !== 'browser' : (table[unit]?.includes(other) ?? false);
};

/** Left over from the layout before; each goes with the commit that splits its file. */
const notYet: readonly RegExp[] = [
  /^browser\/\S+ imports i18n\/en\/en\.ts$/,
  /^core\/key\/signing-keys?\.ts imports jose$/,
  /^core\/(place\/public-address|risk\/address)\.ts imports node:net$/,
  /^i18n\/\S+ imports http\/kit\/user-agent\.ts$/,
];

const lines = (imports: readonly Import[]) =>
  imports.map(({ from, to }) => `${from} imports ${to}`).filter((line) => !notYet.some((each) => each.test(line)));

describe('the architecture', () => {
  it('lets every folder import only what the table says', () => {
    const isListed = ({ from, to }: Import) => betweenAudiences.includes(`${unitOf(from)} -> ${unitOf(to)}`);
    expect(lines(all.filter(({ to }) => isOwn(to)).filter((each) => !isAllowed(each) && !isListed(each)))).toEqual([]);
    expect(betweenAudiences.length).toBeLessThanOrEqual(10);
  });

  it('keeps packages where they belong', () => {
    const wrong = all.filter(({ from, to }) => {
      if (isOwn(to) || unitOf(from) === 'app') return false;
      if (to.startsWith('node:')) return from.startsWith('core/') && notInCore.test(to);
      return !(packages[unitOf(from)] ?? packages[unitOf(from).split('/')[0] ?? ''] ?? /^$/).test(to);
    });
    expect(lines(wrong)).toEqual([]);
  });

  it('keeps the clock and the environment out of the core', () => {
    for (const file of files.filter((path) => path.startsWith('core/'))) {
      expect(textOf(file), file).not.toMatch(/process\.env|Date\.now\(/);
    }
  });

  it('lets stores see only ports, and types', () => {
    const isPort = (path: string) => /-(store|events)\.ts$/.test(path);
    const wrong = all.filter(({ from, to, isTypeOnly }) => {
      return from.startsWith('store/') && to.startsWith('core/') && !isTypeOnly && !isPort(to);
    });
    expect(lines(wrong)).toEqual([]);
  });

  it('has no cycles', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path.includes(file), `cycle: ${[...path, file].join(' -> ')}`).toBe(false);
      if (done.has(file)) return;
      for (const { to } of importsOf(file).filter(({ to, isTypeOnly }) => isOwn(to) && !isTypeOnly))
        visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it.each(files)('%s begins with what it is for, exports by name and is no barrel', (file) => {
    const text = textOf(file);
    expect(text.replace(/^#!.*\n/, '')).toMatch(/^\/\/ \S/);
    expect(text).not.toMatch(/^export default|^export \* from/m);
    expect(file).not.toMatch(/(^|\/)(utils|helpers|services|index)(\/|\.ts)/);
    expect(text.split('\n').length, 'lines').toBeLessThan(310);
  });
});
