// A QR code in a terminal, drawn with half blocks: dark on light with its whole quiet zone of four modules
// (ISO/IEC 18004 §9.1). It sets its own colours, so that it can be scanned whatever the theme of the
// terminal is.
import { toString as drawQr } from 'qrcode';

/** Colours 16 and 231 are black and white in every theme. A theme may redefine 0 and 15. */
const darkOnLight = '\u001b[38;5;16;48;5;231m';
/** Resets the colours. */
const asBefore = '\u001b[0m';

export type TerminalQr = { readonly lines: readonly string[]; readonly columns: number };

/**
 * Draws a text as a QR code.
 * @returns coloured lines and their width in columns. A narrower terminal would wrap them, and no phone
 * reads that
 */
export async function terminalQr(text: string): Promise<TerminalQr> {
  const lines = (await drawQr(text, { type: 'utf8', margin: 4 })).split('\n').filter(Boolean);
  return { lines: lines.map((line) => `${darkOnLight}${line}${asBefore}`), columns: lines[0]?.length ?? 0 };
}
