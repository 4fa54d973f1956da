// Finds which messages the sources use, by reading them as text: access chains such as
// `it.all.waiting.title`, followed through constants, destructuring and parameters whose type is a part of
// `Messages`. It knows the conventions of this project and no more of the language. A name that is bound
// twice in a file stands for both.

export type Source = { readonly path: string; readonly text: string };
/**
 * `path` may contain `*`: a key that is known at run time alone. `isWhole`: an object is used with all that
 * is in it.
 */
export type Use = {
  readonly path: string;
  readonly isWhole: boolean;
  readonly source: string;
  /** Of a view: the text of the tag around it. */
  readonly tag: string;
};

const root = '§';
const name = String.raw`[A-Za-z_$][\w$]*`;
const index = String.raw`\[(?:[^[\]]|\[[^\]]*\])*\]`;
const chain = String.raw`[A-Za-z_$§][\w$]*(?:\??\.${name}|!?${index})*`;
const chains = new RegExp(String.raw`(?<![\w$§']|(?<!\.\.)\.)${chain}`, 'g');
const typed = String.raw`(?:Pick<)?(Words|Refusals|Messages)((?:\['[^']+'\])*)`;

/** Names of one file with the paths that they stand for, each from the root. */
type Aliases = Map<string, Set<string>>;
type Binding = readonly [key: string, path: string];

/** Every use in all sources. */
export function usesIn(sources: readonly Source[]): Use[] {
  const read = sources.map((source) => ({ ...source, text: withRoots(source) }));
  const exported = read.flatMap(({ text }) => bindingsIn(text, new Map(), 'export const'));
  return read.flatMap(({ path, text }) => {
    const imported = exported.filter(([key]) => new RegExp(String.raw`import \{[^}]*\b${key}\b`).test(text));
    return usesOf(path, text, aliasesOf(text, imported));
  });
}

/** Writes every expression that gives all messages, or those of one audience, as a chain from the root. */
function withRoots({ path, text }: Source): string {
  const audience = /http\/(console|account)\//.exec(path)?.[1] ?? '';
  const rooted = text
    .replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')
    .replace(new RegExp(String.raw`\bmessagesOf(?:${index}|\.en)`, 'g'), root)
    .replace(/\breadTexts<[^(]*>\([^)]*\)/g, root)
    .replace(/\bit\.all\b/g, root)
    .replace(/\bview\.words\([^()]*\)/g, `${root}.${audience}`)
    .replace(/(?<![\w$.'{,] ?)\ball(?=\.|\[)/g, root);
  // A function of one expression that returns messages stands for what it returns.
  const functions = rooted.matchAll(
    new RegExp(String.raw`const (${name}) = \([^)]*\)(?:: [^=]+?)? =>\s+(§[\w$.]*);`, 'g'),
  );
  return [...functions].reduce(
    (all, [whole, key = '', to = '']) =>
      all.replace(whole, '').replace(new RegExp(String.raw`(?<![\w$.])${key}\([^()]*\)`, 'g'), to),
    rooted,
  );
}

function aliasesOf(text: string, imported: readonly Binding[]): Aliases {
  const aliases: Aliases = new Map();
  const add = ([key, path]: Binding) => aliases.set(key, (aliases.get(key) ?? new Set()).add(path));
  imported.forEach(add);
  parametersIn(text).forEach(add);
  // A constant may be built of another one.
  for (let round = 0; round < 3; round += 1) bindingsIn(text, aliases, 'const').forEach(add);
  return aliases;
}

/** Parameters and properties whose type is `Messages`, a part of it, or a local name of one. */
function parametersIn(text: string): Binding[] {
  const local = /type Words = Messages((?:\['[^']+'\])+);/.exec(text);
  const targetOf = (type: string, keys: string) =>
    type === 'Words' && local === null
      ? null
      : root + (type === 'Words' ? pathOf(local?.[1] ?? '') : '') + pathOf(keys);
  const whole = [...text.matchAll(new RegExp(String.raw`\b(${name})\??: ${typed}`, 'g'))].flatMap(
    ([, key = '', type = '', keys = '']) => {
      const to = targetOf(type, keys);
      return to === null ? [] : [[key, to] as const];
    },
  );
  const parts = [...text.matchAll(new RegExp(String.raw`\{([^{}]*)\}: ${typed}`, 'g'))].flatMap(
    ([, names = '', type = '', keys = '']) => {
      const to = targetOf(type, keys);
      return to === null ? [] : destructured(names).map(([key, from]) => [key, `${to}.${from}`] as const);
    },
  );
  return [...whole, ...parts];
}

/** Constants that are a part of the messages. */
function bindingsIn(text: string, aliases: Aliases, before: 'const' | 'export const'): Binding[] {
  const single = new RegExp(String.raw`\b${before} (${name})(?:: [^=;]*?)? =\s+(${chain})(?=;| as )`, 'g');
  const several = new RegExp(
    String.raw`\b${before} \{([^}]*(?:\{[^}]*\}[^}]*)?)\}(?:: [^=;]*?)? =\s+(${chain})(?=;| as )`,
    'g',
  );
  return [
    ...[...text.matchAll(single)].flatMap(([, key = '', from = '']) =>
      resolve(from, aliases).map((path) => [key, path] as const),
    ),
    ...[...text.matchAll(several)].flatMap(([, names = '', from = '']) =>
      resolve(from, aliases).flatMap((path) =>
        destructured(names).map(([key, inner]) => [key, `${path}.${inner}`] as const),
      ),
    ),
  ];
}

/** `a, b: c, d: { e }, ...f` as the names that are bound and their paths; a rest takes any key. */
function destructured(names: string): Binding[] {
  const flat = names.replace(new RegExp(String.raw`(${name}): \{([^}]*)\}`, 'g'), (_, outer: string, inner: string) =>
    destructured(inner)
      .map(([key, from]) => `${outer}.${from}: ${key}`)
      .join(','),
  );
  return flat
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean)
    .map((each) => {
      if (each.startsWith('...')) return [each.slice(3), '*'] as const;
      const [from = '', key = from] = each.split(/\s*[:=]\s*/);
      return [key, from] as const;
    });
}

/** The paths of a chain from the root; none for a chain that has nothing to do with messages. */
function resolve(text: string, aliases: Aliases): string[] {
  const [first = ''] = /^[\w$§]+/.exec(text) ?? [];
  const starts = first === root ? [root] : [...(aliases.get(first) ?? [])];
  return starts.map((start) => start + pathOf(text.slice(first.length)));
}

const pathOf = (keys: string): string =>
  [...keys.matchAll(new RegExp(String.raw`\.(${name})|\[(?:'([^']+)'|(?:[^[\]]|\[[^\]]*\])*)\]`, 'g'))]
    .map(([, property, literal]) => `.${property ?? literal ?? '*'}`)
    .join('');

function usesOf(source: string, text: string, aliases: Aliases): Use[] {
  const isView = source.endsWith('.eta');
  const bound = bindingsIn(text, aliases, 'const').map(([, path]) => ({
    path,
    isWhole: path.endsWith('.*'),
    tag: 'const',
  }));
  const read = [...text.matchAll(chains)].flatMap(({ 0: found, index: at }) => {
    const [before, after] = [text.slice(0, at), text.slice(at + found.length)];
    const isSpread = before.endsWith('...') || /\([\w.]+ && $|Object\.\w+\($/.test(before);
    const isCast = /^( as |\)\[)/.test(after);
    // A view hands a group on to a partial, as `choices: f.subjects`.
    const isHandedOn = isView && /\w+: $/.test(before);
    return resolve(found, aliases).map((path) => ({
      path,
      isWhole: isSpread || isCast || isHandedOn || path.endsWith('.*'),
      tag: isView ? before.slice(before.lastIndexOf('<%')) + found + after.slice(0, after.indexOf('%>')) : '',
    }));
  });
  return [...bound, ...read]
    .filter(({ path }) => path !== root && !path.startsWith(`${root}.*`))
    .map((use) => ({ ...use, path: use.path.slice(root.length + 1), source }));
}

/** Whether a use means this message. */
export const isUseOf = ({ path, isWhole }: Pick<Use, 'path' | 'isWhole'>, message: string): boolean =>
  patternOf(path, isWhole).test(message);

const patterns = new Map<string, RegExp>();

function patternOf(path: string, isWhole: boolean): RegExp {
  const key = `${path} ${isWhole}`;
  const parts = path.split('.*').map((part) => part.replace(/[.$]/g, '\\$&'));
  const pattern = patterns.get(key) ?? new RegExp(`^${parts.join('\\..+?')}${isWhole ? '(\\..*)?' : ''}$`);
  patterns.set(key, pattern);
  return pattern;
}
