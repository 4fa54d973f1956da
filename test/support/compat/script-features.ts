// Finds the features in a built script that the oldest supported browsers do not have: globals, members,
// events, options and parts of regular expressions. A script has no types, so a member counts as new only
// when no interface of these browsers has a member of that name.
import type { Identifier as Entry } from '@mdn/browser-compat-data';
import type { CallExpression, Identifier, Literal, MemberExpression, NewExpression, Node, ObjectPattern } from 'acorn';
import { parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { api, entryOf, isSupported, javascript } from './compat-data.ts';

/** Interfaces of the objects that scripts reach by a global name. */
const globalObjects: Readonly<Record<string, readonly string[]>> = {
  window: ['Window'],
  self: ['Window', 'WorkerGlobalScope', 'ServiceWorkerGlobalScope'],
  globalThis: ['Window', 'WorkerGlobalScope'],
  navigator: ['Navigator'],
  document: ['Document'],
  crypto: ['Crypto'],
  performance: ['Performance'],
  location: ['Location'],
  history: ['History'],
  caches: ['CacheStorage'],
  localStorage: ['Storage'],
  sessionStorage: ['Storage'],
};
const scopes = ['self', 'window', 'globalThis'];

/**
 * Returns the names of the features, such as `URL.canParse`, `.toSorted`, `event scrollend`. Sorted, each
 * once.
 */
export function newFeaturesOfScript(source: string): readonly string[] {
  const found = new Set<string>();
  const tree = parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  fullAncestor(tree, (node, _state, ancestors) => {
    for (const feature of featuresOf(node, ancestors.at(-2))) found.add(feature);
  });
  return [...found].sort();
}

function featuresOf(node: Node, parent: Node | undefined): readonly string[] {
  if (node.type === 'MemberExpression') return memberFeatures(node as MemberExpression);
  if (node.type === 'ObjectPattern') return patternFeatures(node as ObjectPattern, parent);
  if (node.type === 'Identifier') return globalFeatures(node as Identifier, parent);
  if (node.type === 'CallExpression' || node.type === 'NewExpression') return callFeatures(node as CallExpression);
  if (node.type === 'Literal') return patternTextFeatures(node as Literal);
  // A probe is a comparison whose left side is judged by its own shape.
  if (node.type === 'BinaryExpression') return probeFeatures(node as unknown as Probe);
  return [];
}

/** `URL.canParse`, `navigator.share`, `list.toSorted`. */
function memberFeatures({ object, property, computed }: MemberExpression): readonly string[] {
  const name = computed ? stringIn(property) : property.type === 'Identifier' ? property.name : null;
  return name === null ? [] : nameFeatures(object, name);
}

/** `const { canParse } = URL`. Patterns of parameters have no known object. */
function patternFeatures(pattern: ObjectPattern, parent: Node | undefined): readonly string[] {
  // A declaration has `init`, an assignment has `right`, and a parameter neither.
  const declared = parent as unknown as { init?: Node; right?: Node } | undefined;
  return pattern.properties.flatMap((property) => {
    if (property.type !== 'Property' || property.key.type !== 'Identifier') return [];
    return nameFeatures(declared?.init ?? declared?.right ?? pattern, property.key.name);
  });
}

type Probe = { readonly operator: string; readonly left: Node; readonly right: Node };

/** `'serviceWorker' in navigator` */
function probeFeatures({ operator, left, right }: Probe): readonly string[] {
  const name = stringIn(left);
  return operator === 'in' && name !== null ? nameFeatures(right, name) : [];
}

/** Members of a global are looked up exactly; those of other objects by name. */
function nameFeatures(object: Node, name: string): readonly string[] {
  const global = object.type === 'Identifier' ? (object as Identifier).name : '';
  if (scopes.includes(global) && globalEntry(name)) return isNewGlobal(name) ? [name] : [];
  const interfaces = globalObjects[global] ?? [global];
  const exact = interfaces.flatMap((owner) => entriesOf(owner, name));
  if (exact.length > 0) return exact.some(isSupported) ? [] : [`${global}.${name}`];
  return isNewMember(name) ? [`.${name}`] : [];
}

const entriesOf = (owner: string, name: string): Entry[] =>
  [
    ['api', owner],
    ['javascript', 'builtins', owner],
  ]
    .flatMap((path) => [entryOf(...path, `${name}_static`), entryOf(...path, name)])
    .filter((entry) => entry !== null);

/** A bundle renames every declaration of its own, so a long name that a browser knows is the browser's. */
function globalFeatures({ name }: Identifier, parent: Node | undefined): readonly string[] {
  const isKey =
    parent?.type === 'Property' || parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition';
  return !isKey && name.length > 2 && isNewGlobal(name) ? [name] : [];
}

function globalEntry(name: string): Entry | null {
  const owners = ['Window', 'WorkerGlobalScope', 'ServiceWorkerGlobalScope'].map((owner) =>
    entryOf('api', owner, name),
  );
  return (
    [entryOf('api', name), entryOf('javascript', 'builtins', name), ...owners].find((entry) => entry !== null) ?? null
  );
}

function isNewGlobal(name: string): boolean {
  const entry = globalEntry(name);
  return entry !== null && !isSupported(entry);
}

/** Events (`addEventListener('scrollend')`) and members of an options object (`fetch(url, { priority })`). */
function callFeatures(call: CallExpression | NewExpression): readonly string[] {
  const { callee } = call;
  const [first] = call.arguments;
  const called = callee.type === 'MemberExpression' ? (callee.property as Identifier).name : '';
  if (called === 'addEventListener' || (callee as Identifier).name === 'addEventListener') {
    const event = first ? stringIn(first) : null;
    return event !== null && isNewMember(`${event}_event`) ? [`event ${event}`] : [];
  }
  if (callee.type !== 'Identifier') return [];
  const { name: owner } = callee;
  const options = call.arguments.flatMap((argument) =>
    argument.type === 'ObjectExpression' ? argument.properties : [],
  );
  return options.flatMap((option) => {
    if (option.type !== 'Property' || option.key.type !== 'Identifier') return [];
    const { name } = option.key;
    return optionEntries(owner, name).some((entry) => !isSupported(entry)) ? [`${owner}({ ${name} })`] : [];
  });
}

/** The options of `fetch` are those of a request. */
const optionEntries = (callee: string, name: string): Entry[] =>
  [callee === 'fetch' ? 'Request' : callee]
    .flatMap((owner) => [
      entryOf('api', owner, owner, 'options_parameter', name),
      entryOf('api', owner, owner, `options_${name}_parameter`),
    ])
    .filter((entry) => entry !== null);

/** Look-behind and the flag `v` in a literal. The bundler turns unsupported ones into calls of RegExp. */
function patternTextFeatures({ regex, value }: Literal): readonly string[] {
  const text = regex?.pattern ?? (typeof value === 'string' ? value : '');
  const isBehind = /\(\?<[=!]/.test(text) && !isSupported(javascript.regular_expressions?.lookbehind_assertion ?? {});
  const hasSets = regex?.flags.includes('v') && !isSupported(javascript.builtins?.RegExp?.unicodeSets ?? {});
  return [...(isBehind ? ['(?<=…)'] : []), ...(hasSets ? ['flag v'] : [])];
}

const stringIn = (node: Node): string | null =>
  node.type === 'Literal' && typeof (node as Literal).value === 'string' ? ((node as Literal).value as string) : null;

/**
 * Whether the minimum browsers support a member, by its name. Interfaces that are new themselves are left
 * out: a script reaches them only through a global, a member or an event that is reported already.
 */
const members: ReadonlyMap<string, boolean> = indexMembers();

const isNewMember = (name: string): boolean => members.get(name) === false;

function indexMembers(): Map<string, boolean> {
  const index = new Map<string, boolean>();
  const { Intl: intl = {}, ...builtins } = javascript.builtins ?? {};
  const owners = [...Object.values(api), ...Object.values(builtins), intl, ...Object.values(intl)] as Entry[];
  for (const owner of owners.filter(isSupported))
    for (const [key, entry] of Object.entries(owner)) {
      if (key === '__compat' || key.endsWith('_parameter')) continue;
      const name = key.replace(/_static$/, '');
      index.set(name, (index.get(name) ?? false) || isSupported(entry as Entry));
    }
  return index;
}
