// Messages in ICU MessageFormat. `intl-messageformat` parses and formats them on the server. Browsers receive
// parsed parts (browser/messages.ts), so they need no parser. All results are plain text and must be escaped.
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Value } from './arguments.ts';
import type { Message, Part, Piece } from './messages.ts';

/** Messages contain no markup, so a `<` is text. */
const options = { ignoreTag: true } as const;

/**
 * Creates a catalogue entry: a string if it has no arguments, else a `Message`, which is parsed on first use.
 *
 * @param icu the text of the entry in ICU MessageFormat
 * @throws SyntaxError when a text with an apostrophe, which needs parsing at once, is not valid
 */
export function createMessage(locale: string, icu: string): string | Message<never> {
  if (icu.includes("'") && argumentsOf(icu).length === 0)
    return String(new IntlMessageFormat(icu, locale, undefined, options).format());
  return icu.includes('{') ? lazyMessage(locale, icu) : icu;
}

/**
 * Returns the arguments of a message, sorted by name. A plural takes a number, every other argument a value.
 *
 * @throws SyntaxError when the text is not valid ICU
 */
export function argumentsOf(icu: string): (readonly [name: string, kind: 'value' | 'number'])[] {
  const kinds = new Map<string, 'value' | 'number'>();
  const visit = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (typeof part === 'string' || 'count' in part) continue;
      if ('value' in part) kinds.set(part.value, kinds.get(part.value) ?? 'value');
      if ('plural' in part) kinds.set(part.plural, 'number');
      if ('select' in part) kinds.set(part.select, 'value');
      if ('cases' in part) Object.values(part.cases).forEach(visit);
    }
  };
  if (/[{}']/.test(icu)) visit(partsOf(parse(icu, options)));
  return [...kinds].sort(([one], [other]) => (one < other ? -1 : 1));
}

function lazyMessage(locale: string, icu: string): Message<never> {
  let parsed: IntlMessageFormat | undefined;
  const formatter = (): IntlMessageFormat => {
    parsed ??= new IntlMessageFormat(icu, locale, undefined, options);
    return parsed;
  };
  return {
    format: (values) => String(formatter().format(values)),
    pieces: (values) => piecesOf(formatter(), values),
    toJSON: () => partsOf(formatter().getAst()),
  };
}

/**
 * The library merges string values into the text and keeps objects apart. Strings are wrapped to find them
 * again.
 */
function piecesOf(formatter: IntlMessageFormat, values: Readonly<Record<string, Value>>): Piece[] {
  const wrapped = Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]);
  const parts = formatter.formatToParts<readonly string[]>(Object.fromEntries(wrapped));
  return parts.map(({ value }) =>
    typeof value === 'string' ? { text: value, isValue: false } : { text: value[0] ?? '', isValue: true },
  );
}

/**
 * @throws TypeError for syntax that browsers do not support here: number and time formats, ordinals, offsets
 */
const partsOf = (elements: readonly MessageFormatElement[]): Part[] => elements.map(partOf);

function partOf(element: MessageFormatElement): Part {
  if (element.type === TYPE.literal) return element.value;
  if (element.type === TYPE.argument) return { value: element.value };
  if (element.type === TYPE.pound) return { count: true };
  if (element.type === TYPE.select) return { select: element.value, cases: casesOf(element.options) };
  if (element.type === TYPE.plural && element.pluralType === 'cardinal' && element.offset === 0)
    return { plural: element.value, cases: casesOf(element.options) };
  throw new TypeError(`"${element.value}" has a format that messages do not use`);
}

const casesOf = (options: Readonly<Record<string, { readonly value: MessageFormatElement[] }>>) =>
  Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, partsOf(value)]));
