// Formats messages in the browser. The server has parsed them (i18n/message.ts), so this file knows no ICU
// syntax.
import type { Part, ShippedMessage } from '../i18n/messages.ts';

type Values = Readonly<Record<string, string | number>>;

/**
 * Returns a message as text. Missing values become an empty text.
 *
 * @param message a plain string has no arguments and is returned unchanged
 */
export const fill = <Taken>(message: string | ShippedMessage<Taken>, values: NoInfer<Taken>): string =>
  typeof message === 'string' ? message : textOf(message, values as Values);

/** Returns a message as nodes in which the inserted values are bold. The values stay text, never markup. */
export const strong = <Taken>(message: ShippedMessage<Taken>, values: NoInfer<Taken>): (string | HTMLElement)[] =>
  message.map((part) => {
    const text = textOf([part], values as Values);
    return typeof part !== 'string' && 'value' in part ? emphasized(text) : text;
  });

function emphasized(text: string): HTMLElement {
  const element = document.createElement('strong');
  element.textContent = text;
  return element;
}

/** `count`: the number that `#` stands for inside the enclosing plural. */
const textOf = (parts: readonly Part[], values: Values, count?: number): string =>
  parts.map((part) => partText(part, values, count)).join('');

function partText(part: Part, values: Values, count: number | undefined): string {
  if (typeof part === 'string') return part;
  if ('count' in part) return new Intl.NumberFormat(language()).format(count ?? 0);
  if ('value' in part) return String(values[part.value] ?? '');
  if ('select' in part) return textOf(part.cases[String(values[part.select])] ?? part.cases.other ?? [], values, count);
  const number = Number(values[part.plural]);
  const category = new Intl.PluralRules(language()).select(number);
  return textOf(part.cases[`=${number}`] ?? part.cases[category] ?? part.cases.other ?? [], values, number);
}

const language = (): string => document.documentElement.lang || 'en';
