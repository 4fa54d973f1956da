// A QR code in a terminal: half blocks, dark on light with its whole quiet zone (ISO/IEC 18004 §9.1: four modules), in colours of its own,
// so that it can be read whatever the terminal's are.
import { toString as drawQr } from 'qrcode';

/** 16 and 231 of the 256-colour cube are black and white in every theme; 0 and 15 are not. */
const darkOnLight = '\u001b[38;5;16;48;5;231m';
const asBefore = '\u001b[0m';

export type TerminalQr = { readonly lines: readonly string[]; readonly columns: number };

/** @returns lines with their colours, and how wide they are: wrapped by a narrower terminal, no phone reads them. */
export async function terminalQr(text: string): Promise<TerminalQr> {
  const lines = (await drawQr(text, { type: 'utf8', margin: 4 })).split('\n').filter(Boolean);
  return { lines: lines.map((line) => `${darkOnLight}${line}${asBefore}`), columns: lines[0]?.length ?? 0 };
}
