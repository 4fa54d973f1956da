// Finds the features in a built style sheet that the oldest supported browsers do not have: properties,
// keywords, functions, units, selectors, at-rules and media features.
import type { Identifier as Entry } from '@mdn/browser-compat-data';
import { type CssNode, type Declaration, parse, walk } from 'css-tree';
import { css, entryOf, isSupported } from './compat-data.ts';

/** One feature. `hasFallback`: the same block has an older declaration of the same property before it. */
export type StyleFeature = { readonly name: string; readonly hasFallback: boolean };

/** Units that came together, under the key that the data has for them. */
const newUnits: readonly [pattern: RegExp, entry: string][] = [
  [/^[dsl]v(w|h|i|b|min|max)$/, 'viewport_percentage_units_dynamic'],
  [/^cq(w|h|i|b|min|max)$/, 'container_query_length_units'],
];

/** Returns each feature once, sorted by name. */
export function newFeaturesOfStyle(source: string): readonly StyleFeature[] {
  const found = new Map<string, boolean>();
  const add = (name: string, hasFallback = false): void => {
    found.set(name, (found.get(name) ?? true) && hasFallback);
  };
  walk(parse(source, { parseCustomProperty: true }), {
    enter(this: { block: { children: Iterable<CssNode> } | null }, node: CssNode) {
      if (node.type === 'Declaration') {
        const hasFallback = isRepeated(node, this.block?.children ?? []);
        for (const name of declarationFeatures(node)) add(name, hasFallback);
      } else for (const name of otherFeatures(node)) add(name);
    },
  });
  return [...found].map(([name, hasFallback]) => ({ name, hasFallback })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isRepeated(declaration: Declaration, block: Iterable<CssNode>): boolean {
  for (const other of block) {
    if (other === declaration) return false;
    if (other.type === 'Declaration' && other.property === declaration.property) return true;
  }
  return false;
}

/** Prefixed properties are for one engine, and custom ones are ours. */
function declarationFeatures({ property, value }: Declaration): readonly string[] {
  const found: string[] = [];
  const isPlain = !property.startsWith('-') && property !== 'src';
  const entry = entryOf('css', 'properties', property);
  if (isPlain && (!entry || !isSupported(entry))) found.push(property);
  walk(value, (node) => {
    if (node.type === 'Identifier' && isNew(entry?.[node.name])) found.push(`${property}: ${node.name}`);
    if (node.type === 'Function' && functions.get(node.name) === false) found.push(`${node.name}()`);
    if (node.type === 'Dimension' && isNewUnit(node.unit)) found.push(node.unit);
  });
  return found;
}

function otherFeatures(node: CssNode): readonly string[] {
  if (node.type === 'PseudoClassSelector') return selectorFeature(`:${node.name}`, node.name);
  if (node.type === 'PseudoElementSelector') return selectorFeature(`::${node.name}`, node.name);
  if (node.type === 'NestingSelector') return selectorFeature('&', 'nesting');
  if (node.type === 'Atrule') return isNew(entryOf('css', 'at-rules', node.name)) ? [`@${node.name}`] : [];
  if (node.type === 'FeatureRange')
    return isNew(entryOf('css', 'at-rules', 'media', 'range_syntax')) ? ['range syntax'] : [];
  if (node.type === 'Feature')
    return isNew(entryOf('css', 'at-rules', 'media', node.name)) ? [`@media (${node.name})`] : [];
  return [];
}

const selectorFeature = (shown: string, name: string): readonly string[] =>
  !name.startsWith('-') && isNew(entryOf('css', 'selectors', name)) ? [shown] : [];

const isNew = (entry: Entry | null | undefined): boolean => !!entry && !isSupported(entry);

function isNewUnit(unit: string): boolean {
  const known = newUnits.find(([pattern]) => pattern.test(unit));
  return known !== undefined && isNew(entryOf('css', 'types', 'length', known[1]));
}

/** Functions of values, such as `color-mix`. The data files them under types, at different depths. */
const functions: ReadonlyMap<string, boolean> = indexFunctions();

function indexFunctions(): Map<string, boolean> {
  const index = new Map<string, boolean>();
  const visit = (entry: Entry): void => {
    for (const [name, child] of Object.entries(entry)) {
      if (name === '__compat') continue;
      index.set(name, (index.get(name) ?? false) || isSupported(child as Entry));
      visit(child as Entry);
    }
  };
  visit(css.types as Entry);
  return index;
}
