// Reads every import of src and asserts the table of docs/design.md section 2: who may import whom.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../src');
const files = globSync('**/*.ts', { cwd: root }).sort();
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

type Import = { from: string; to: string; names: string; isTypeOnly: boolean; isDynamic: boolean };

/** Returns the imports of a file: files of ours as paths below src, packages by name. */
function importsOf(file: string): Import[] {
  const statements = /^(?:import|export)\s+(type\s+)?(?:([^'"]*?)\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gms;
  return [...textOf(file).matchAll(statements)].map(([, type, names = '', specifier = '', dynamic]) => {
    const name = dynamic ?? specifier;
    const to = name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name;
    return { from: file, to, names, isTypeOnly: type !== undefined, isDynamic: dynamic !== undefined };
  });
}

const all = files.flatMap(importsOf);
const isOwn = (path: string) => /\.(ts|json)$/.test(path);

/** The unit that the table speaks of: a concept, an audience, a folder, or a file of src itself. */
function unitOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  if (first === 'core' || first === 'http') return `${first}/${second}`;
  return path.includes('/') ? first : path.replace(/\.ts$/, '');
}

const foundations = [
  'clock',
  'command-name',
  'crypto',
  'errors',
  'json-nesting',
  'log',
  'plain-text',
  'queue-worker',
  'terminal-qr',
];

/** Concepts, and the concepts below each of them. */
const concepts: Record<string, string[]> = {
  ticket: [],
  limit: [],
  device: [],
  place: [],
  consent: [],
  client: ['limit'],
  risk: ['client', 'place'],
  audit: ['ticket'],
  key: ['audit'],
  logout: ['audit'],
  mail: ['audit'],
  account: ['client', 'limit', 'mail'],
  statistics: ['audit', 'ticket'],
  refusal: ['audit', 'limit'],
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

/**
 * The folders of ours that each unit may import, besides itself and the foundations. `app` may import every
 * folder, but `demo` only dynamically: the demo is for development and needs development dependencies.
 */
const table: Record<string, string[]> = {
  ...Object.fromEntries(foundations.map((name) => [name, []])),
  ...Object.fromEntries(core.map((name) => [name, (concepts[name.slice(5)] ?? []).map((below) => `core/${below}`)])),
  config: core,
  i18n: core,
  oidc: core,
  outbound: ['core/client', 'core/mail', 'core/place', 'core/push'],
  hashing: ['core/account'],
  store: [...core, 'oidc'],
  'http/kit': [...core, 'oidc', 'i18n'],
  ...Object.fromEntries(audiences.map((name) => [name, [...core, 'oidc', 'i18n', 'http/kit']])),
  browser: ['i18n'],
  demo: [],
  main: ['cli'],
  cli: ['app', 'config', ...core],
};

const isType = ({ isTypeOnly }: Import) => isTypeOnly;
const isPort = ({ to }: Import) => /-(store|events)\.ts$/.test(to);

/**
 * Where the table allows a folder, but only a part of it: who imports, from where, and which of these
 * imports.
 */
const onlyPartly: readonly [from: RegExp, to: RegExp, isAllowed: (each: Import) => boolean][] = [
  // Scripts in browsers share the types of messages with the server.
  [/^browser\//, /^i18n\//, (each) => isType(each) && each.to === 'i18n/messages.ts'],
  // The pure rule of security.md E5, which addresses are ours, is the one value that an outbound adapter
  // needs.
  [/^(outbound|hashing)\//, /^core\//, (each) => isType(each) || each.to === 'core/place/public-address.ts'],
  [/^store\//, /^core\//, (each) => isType(each) || isPort(each)],
  [/^store\//, /^oidc\//, ({ to }) => to === 'oidc/artifact-store.ts'],
  // Besides the interaction: names, paths and CORS headers that oidc publishes. All else is injected, by its
  // type.
  [
    /^http\//,
    /^oidc\//,
    (each) => isType(each) || /^oidc\/(interaction|acr|claims|cors|own-client)\.ts$/.test(each.to),
  ],
];

const packages: Record<string, RegExp> = {
  config: /^(zod|yaml)$/,
  i18n: /^(eta|intl-messageformat|@formatjs\/icu-messageformat-parser)$/,
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
  'core/key': /^jose$/,
  'core/push': /^jose$/,
  http: /^(koa|@koa\/router|eta|zod|jose|bowser|qrcode|esbuild)$/,
};
/**
 * Modules of Node that compute and open nothing. Of `node:net` the core may use what only reads addresses.
 */
const isPureNode = ({ to, names }: Import) =>
  /^node:(crypto|timers\/promises|util|zlib)$/.test(to) ||
  (to === 'node:net' && /^\{( ?(isIP|isIPv4|BlockList),?)+ \}$/.test(names));

const isAllowed = (each: Import): boolean => {
  const [unit, other] = [unitOf(each.from), unitOf(each.to)];
  if (unit === other) return true;
  if (unit === 'app') return other !== 'demo' || each.isDynamic;
  if (foundations.includes(other)) return unit !== 'browser' && !foundations.includes(unit);
  if (!table[unit]?.includes(other)) return betweenAudiences.includes(`${unit} -> ${other}`);
  return onlyPartly.every(([from, to, may]) => !from.test(each.from) || !to.test(each.to) || may(each));
};

const lines = (imports: readonly Import[]) => imports.map(({ from, to }) => `${from} imports ${to}`);

describe('the architecture', () => {
  it('lets every folder import only what the table allows', () => {
    expect(lines(all.filter(({ to }) => isOwn(to)).filter((each) => !isAllowed(each)))).toEqual([]);
    expect(betweenAudiences.length).toBeLessThanOrEqual(10);
    expect(all.length, 'imports that were read').toBeGreaterThan(300);
  });

  it('lets every folder import only its own packages', () => {
    const wrong = all.filter((each) => {
      const { from, to } = each;
      if (isOwn(to) || unitOf(from) === 'app') return false;
      if (to === 'node:sqlite') return !from.startsWith('store/');
      if (to.startsWith('node:')) return from.startsWith('core/') && !isPureNode(each);
      return !(packages[unitOf(from)] ?? packages[unitOf(from).split('/')[0] ?? ''] ?? /^$/).test(to);
    });
    expect(lines(wrong)).toEqual([]);
  });

  it('keeps the clock, the environment and the network out of the core', () => {
    for (const file of files.filter((path) => path.startsWith('core/'))) {
      expect(textOf(file), file).not.toMatch(/process\.env|Date\.now\(|\bfetch\(/);
    }
  });

  it('keeps the rules of the core pure', () => {
    const importedBy = (file: string) => importsOf(file).map(({ to }) => to);
    expect(importedBy('core/ticket/ticket.ts')).toEqual(['errors.ts']);
    expect(importedBy('core/ticket/transition.ts')).toEqual(['core/ticket/ticket.ts']);
    expect(importedBy('core/key/key-schedule.ts')).toEqual([]);
    expect(importsOf('core/risk/risk.ts').every(isType)).toBe(true);
  });

  it('starts a command without oidc-provider, koa and esbuild', () => {
    const reached = new Set(['cli.ts']);
    const isLoadedAtStart = ({ isTypeOnly, isDynamic }: Import) => !isTypeOnly && !isDynamic;
    for (const file of reached)
      if (isOwn(file)) for (const { to } of importsOf(file).filter(isLoadedAtStart)) reached.add(to);
    expect([...reached].filter((name) => /^(oidc-provider|koa|esbuild)$/.test(name))).toEqual([]);
  });

  it('has no cycles, of types either', () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path.includes(file), `cycle: ${[...path, file].join(' -> ')}`).toBe(false);
      if (done.has(file)) return;
      for (const { to } of importsOf(file).filter(({ to }) => isOwn(to))) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('has no comment line beyond 110 columns', () => {
    const sources = globSync('{src,test,bench}/**/*.ts', {
      cwd: join(root, '..'),
      exclude: ['test/clients/node_modules'],
    });
    const isTooLong = (line: string) => /^\s*(\/\/|\/?\*)/.test(line) && line.length > 110;
    const wrong = sources.filter((file) =>
      readFileSync(join(root, '..', file), 'utf8')
        .split('\n')
        .some(isTooLong),
    );
    expect(wrong).toEqual([]);
  });

  it('has none of the riddles that section 6 of docs/design.md quotes', () => {
    const names = /\b(isToBeHad|worthOf|insist|Told|Keepers)\b|\b(const|function) (holds|kill)\b/;
    const phrases =
      /What is kept of a ticket|Early is who asks|told of the ticket as it was|proved otherwise|is built of it|is insisted on|Whose it is/;
    expect(files.filter((file) => names.test(textOf(file)) || phrases.test(textOf(file)))).toEqual([]);
  });

  it.each(files)('%s opens with a comment, exports by name and is no barrel', (file) => {
    const text = textOf(file);
    expect(text.replace(/^#!.*\n/, '')).toMatch(/^\/\/ \S/);
    expect(text).not.toMatch(/^export default|^export \* from/m);
    expect(file).not.toMatch(/(^|\/)(utils|helpers|services|index)(\/|\.ts)/);
    expect(text.split('\n').length, 'lines').toBeLessThan(310);
  });
});
