// Generates src/i18n/arguments.ts from the English catalogue: `npm run generate` writes it, and a test
// asserts that it is up to date. Types cannot be taken from JSON alone, since TypeScript reads its values
// as plain strings.
import { writeFileSync } from 'node:fs';
import { type Entries, readEntries } from '../../src/i18n/catalogue.ts';
import { argumentsOf } from '../../src/i18n/message.ts';

export const argumentsFile = new URL('../../src/i18n/arguments.ts', import.meta.url);

/** The text of arguments.ts. */
export function argumentTypes(): string {
  const leaves = leavesOf(readEntries('en')).sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = leaves.flatMap(([path, icu]) => {
    const kinds = argumentsOf(icu).map(([name, kind]) => `${name}: ${kind === 'number' ? 'number' : 'Value'}`);
    return kinds.length === 0 ? [] : [`  '${path}': { ${kinds.join('; ')} };`];
  });
  return `${head}\nexport type Arguments = {\n${lines.join('\n')}\n};\n`;
}

const head = `// The arguments of every message that has any, by its path. Generated from locales/en by \`npm run generate\`.

/** The type of an argument. Plurals take numbers only. */
export type Value = string | number;
`;

/** Every text of a catalogue with its path, such as \`waiting.title\`. */
export const leavesOf = (entries: Entries, path = ''): (readonly [path: string, icu: string])[] =>
  Object.entries(entries).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as const] : leavesOf(value, `${path}${key}.`),
  );

if (import.meta.main) writeFileSync(argumentsFile, argumentTypes());
