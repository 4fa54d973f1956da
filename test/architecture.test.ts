// Reads every import of src and holds the table of who may import whom. A newcomer sees the architecture from the folder names; this
// test is why one may believe them.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');
const files = globSync('**/*.ts', { cwd: root }).sort();
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

type Import = { from: string; to: string; isTypeOnly: boolean; isDynamic: boolean };

/** Own files as paths in src, packages by name. */
function importsOf(file: string): Import[] {
  const text = textOf(file);
  const found: Import[] = [];
  const resolve = (specifier: string) =>
    specifier.startsWith('.') ? relative(root, join(root, dirname(file), specifier)) : specifier;
  for (const [, type, specifier = ''] of text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?'([^']+)'/gms,
  )) {
    found.push({ from: file, to: resolve(specifier), isTypeOnly: type !== undefined, isDynamic: false });
  }
  for (const [, specifier = ''] of text.matchAll(/\bimport\('([^']+)'\)/g)) {
    found.push({ from: file, to: resolve(specifier), isTypeOnly: false, isDynamic: true });
  }
  return found;
}

const all = files.flatMap(importsOf);
const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, ''));
const isOwn = (path: string) => path.endsWith('.ts');
const isPort = (path: string) => /-(store|events)\.ts$/.test(path);

/** The one type that pages and their scripts share: the words. */
const sharedWithBrowser = 'http/messages/en.ts';

const shared = ['clock', 'errors', 'crypto', 'queue-worker'];
/** Concepts, and those below them whose types or pure rules they may use. */
const concepts: Record<string, string[]> = {
  ticket: [],
  limit: [],
  device: [],
  client: ['limit'],
  account: ['client', 'limit', 'mail'],
  place: [],
  risk: ['client', 'place'],
  audit: ['ticket'],
  logout: ['audit'],
  mail: ['audit'],
  email: ['account', 'audit', 'limit', 'link', 'mail'],
  notice: ['account', 'approval', 'audit', 'device', 'mail'],
  statistics: ['audit', 'ticket'],
  approval: ['account', 'audit', 'client', 'device', 'place', 'risk', 'ticket'],
  push: ['device', 'place'],
  ask: ['audit', 'client', 'device', 'limit', 'ticket'],
  link: ['account', 'approval', 'audit', 'device'],
};
const foundations: Record<string, string[]> = {
  clock: [],
  errors: [],
  crypto: [],
  'queue-worker': [],
  config: ['config-schema', 'config-environment', 'config-checks', 'config-clients', 'config-files', 'config-problems'],
  'config-schema': ['client', 'place'],
  'config-environment': ['config-schema'],
  'config-checks': [],
  'config-problems': ['config-checks'],
  'config-clients': ['client', 'config-checks', 'config-problems'],
  'config-files': ['config-checks', 'config-clients'],
  'config-reference': ['config-environment', 'config-schema'],
  secrets: ['config', 'config-checks'],
  log: [],
  'terminal-qr': [],
};
const names = Object.keys(concepts);
const allowed: Record<string, string[]> = {
  ...Object.fromEntries(Object.entries(concepts).map(([name, below]) => [name, [...below, ...shared]])),
  ...foundations,
  oidc: [...names, ...shared],
  http: [...names, ...shared, 'oidc', 'log'],
  store: [...names, 'clock', 'oidc'],
  browser: [],
  demo: ['terminal-qr'],
  'first-administrator': ['account', 'audit', 'config', 'config-checks', 'link', 'secrets'],
  main: ['app', 'config', 'config-files', 'first-administrator', 'secrets', 'log', 'demo'],
  cli: [
    'app',
    'config',
    'config-files',
    'main',
    'config-reference',
    'first-administrator',
    'secrets',
    'log',
    'terminal-qr',
    ...shared,
    'store',
    'oidc',
    ...names,
  ],
};

const packages: Record<string, RegExp> = {
  mail: /^(nodemailer|node:)/,
  oidc: /^(oidc-provider|jose|node:)/,
  http: /^(koa|@koa\/router|eta|zod|jose|bowser|qrcode|esbuild|node:)/,
  store: /^(ioredis|node:)/,
  account: /^(argon2|@simplewebauthn\/server|@zxcvbn-ts\/(core|language-common|language-en)|node:)/,
  browser: /^(qrcode$|qr\/decode\.js$|@simplewebauthn\/browser)/,
  push: /^(jose|node:)/,
  demo: /^(openid-client|selfsigned|qrcode|node:)/,
  config: /^zod$/,
  'config-problems': /^zod$/,
  'config-files': /^(yaml|node:)/,
  'config-schema': /^(zod|node:)/,
  client: /^(zod|node:)/,
  place: /^(mmdb-lib|node:)/,
  cli: /^(yaml|jose|node:)/,
  'terminal-qr': /^qrcode$/,
  'config-environment': /^zod$/,
  'config-reference': /^zod$/,
  log: /^(pino|node:)/,
};
const onlyNode = /^node:/;

describe('the architecture', () => {
  it('reads the sources', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(all.length).toBeGreaterThan(300);
  });

  it.each(Object.keys(allowed))('%s imports only what stands below it', (folder) => {
    const wrong = all
      .filter(({ from, to }) => folderOf(from) === folder && isOwn(to) && folderOf(to) !== folder)
      .filter(({ to }) => !allowed[folder]?.includes(folderOf(to)))
      .filter(({ to, isTypeOnly }) => !(folder === 'browser' && isTypeOnly && to === sharedWithBrowser))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it('keeps every folder in the table', () => {
    const folders = new Set(files.map(folderOf));
    expect([...folders].filter((folder) => folder !== 'app' && !allowed[folder])).toEqual([]);
  });

  it('keeps packages where they belong: drivers in store, oidc-provider in oidc, Koa in http', () => {
    const wrong = all
      .filter(({ to }) => !isOwn(to))
      .filter(({ from, to }) => folderOf(from) !== 'app' && !(packages[folderOf(from)] ?? onlyNode).test(to))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
    const sqlite = all.filter(({ to }) => to === 'node:sqlite').map(({ from }) => folderOf(from));
    expect(new Set(sqlite)).toEqual(new Set(['store']));
  });

  it('lets stores see only ports and the types they name', () => {
    const wrong = all
      .filter(
        ({ from, to, isTypeOnly }) =>
          folderOf(from) === 'store' && isOwn(to) && names.includes(folderOf(to)) && !isTypeOnly,
      )
      .filter(({ to }) => !isPort(to))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(wrong).toEqual([]);
  });

  it('keeps the core pure: no clock, store or network in it', () => {
    expect(importsOf('ticket/ticket.ts').map(({ to }) => to)).toEqual(['errors.ts']);
    expect(importsOf('oidc/key-schedule.ts')).toEqual([]);
    expect(importsOf('risk/risk.ts').every(({ isTypeOnly }) => isTypeOnly)).toBe(true);
    for (const file of files.filter((path) => names.includes(folderOf(path)))) {
      expect(textOf(file), file).not.toMatch(/process\.env|Date\.now\(/);
    }
  });

  it('gives commands of oidc the keys only, and the library only where it judges a client', () => {
    const ofCli = all.filter(({ from, to }) => folderOf(from) === 'cli' && to.startsWith('oidc/'));
    expect(ofCli.filter(({ isDynamic }) => isDynamic).every(({ to }) => to === 'oidc/client-judge.ts')).toBe(true);
    const fromCli = [...new Set(ofCli.filter(({ isDynamic }) => !isDynamic).map(({ to }) => to))];
    expect(fromCli).toEqual(['oidc/keys.ts']);
    const reached = new Set(fromCli);
    for (const file of reached)
      for (const { to, isTypeOnly } of importsOf(file)) if (isOwn(to) && !isTypeOnly) reached.add(to);
    expect([...reached].flatMap(importsOf).map(({ to }) => to)).not.toContain('oidc-provider');
  });

  it('reaches the demo only dynamically, from the process', () => {
    const wrong = all.filter(
      ({ from, to, isDynamic }) =>
        to.startsWith('demo/') && !from.startsWith('demo/') && !(isDynamic && from === 'main.ts'),
    );
    expect(wrong).toEqual([]);
  });

  it('has no cycles', () => {
    const next = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter(({ to, isTypeOnly }) => isOwn(to) && !isTypeOnly)
          .map(({ to }) => to),
      ]),
    );
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path.includes(file), `cycle: ${[...path, file].join(' -> ')}`).toBe(false);
      if (done.has(file)) return;
      for (const to of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it.each(files)('%s begins with what it is for, exports by name and is no barrel', (file) => {
    const text = textOf(file);
    expect(text.replace(/^#!.*\n/, '')).toMatch(/^\/\/ \S/);
    expect(text).not.toMatch(/^export default/m);
    expect(text).not.toMatch(/^export \* from/m);
    expect(file).not.toMatch(/(^|\/)(utils|helpers|services|index)(\/|\.ts)/);
    expect(text.split('\n').length, 'lines').toBeLessThan(310);
  });
});
