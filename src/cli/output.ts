// What commands print. Names come from strangers' browsers and from providers elsewhere: nothing in them reaches the terminal as an order.
import { once } from 'node:events';

/** What a terminal would obey is shown as a question mark. */
export function plain(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, '?');
}

/** As print, for what is long: resolves when there is room for more. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(plain(text))) await once(process.stdout, 'drain');
}

export function print(text: string): void {
  process.stdout.write(text === '' || text.endsWith('\n') ? plain(text) : `${plain(text)}\n`);
}
