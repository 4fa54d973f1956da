// The text of `tessera login`: the QR code, the address and the user code for the phone. Control
// characters in what the provider sent are replaced. The QR code is drawn here, so it cannot contain any.
import { terminalQr } from '../../terminal-qr.ts';
import { plain } from '../output.ts';
import type { Codes } from './device-grant.ts';

/** What the screen shows. */
export type Screen = {
  readonly issuer: string;
  readonly codes: Codes;
  readonly wantsQr: boolean;
  /** The width of the terminal. Undefined when there is none. */
  readonly columns: number | undefined;
};

const margin = '  ';

/** The whole screen as text. It contains colours, so it is written without replacing control characters. */
export async function loginScreen({ issuer, codes, wantsQr, columns }: Screen): Promise<string> {
  const qr = wantsQr ? await qrLines(codes.verificationUriComplete, columns) : [];
  const hasQr = qr.length > 1;
  const minutes = Math.max(1, Math.round(codes.expiresInSeconds / 60));
  const lines = [
    '',
    `Sign in at ${plain(issuer)}`,
    '',
    ...qr,
    hasQr ? 'Scan this with your signed-in phone. Or open' : 'On your signed-in phone, open',
    '',
    `  ${plain(codes.verificationUri)}`,
    '',
    'and type',
    '',
    `  ${plain(codes.userCode)}`,
    '',
    'The phone asks whether this screen shows that code.',
    `Waiting, for ${minutes === 1 ? 'a minute' : `${minutes} minutes`} at most. Ctrl-C ends it.`,
    '',
  ];
  return `${lines.map((line) => (line === '' ? '' : `${margin}${line}`)).join('\n')}\n`;
}

/** A QR code that the terminal wraps cannot be scanned, so a sentence takes its place in a narrow window. */
async function qrLines(text: string, columns: number | undefined): Promise<string[]> {
  const qr = await terminalQr(text);
  const needed = qr.columns + margin.length;
  if (columns !== undefined && columns < needed)
    return [`(The QR code needs ${needed} columns; this window has ${columns}.)`, ''].slice(0, 1);
  return [...qr.lines, ''];
}

/**
 * The line of `login --json` before anybody has decided. ASCII only: JSON does not escape C1 and
 * bidirectional characters, which a terminal would obey.
 */
export const codesLine = (codes: Codes): string =>
  JSON.stringify(codesJson(codes)).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The members of that line. Published: their names do not change. */
export const codesJson = (codes: Codes) => ({
  event: 'code',
  verification_uri: codes.verificationUri,
  verification_uri_complete: codes.verificationUriComplete,
  user_code: codes.userCode,
  expires_in: codes.expiresInSeconds,
});
