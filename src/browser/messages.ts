// Formats messages in the browser. The server has parsed them (i18n/message.ts), so this file knows no ICU syntax.
import type { Part, ShippedMessage } from '../i18n/messages.ts';

type Values = Readonly<Record<string, string | number>>;

/** @param message a text without arguments is returned as it is */
export const fill = <Taken>(message: string | ShippedMessage<Taken>, values: NoInfer<Taken>): string =>
  typeof message === 'string' ? message : textOf(message, values as Values);

/** The same as nodes, in which string values stand out. */
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
