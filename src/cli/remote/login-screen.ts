// What somebody at a terminal sees while they sign in with their phone. What the provider sent is made plain; the QR is drawn here.
import { terminalQr } from '../../terminal-qr.ts';
import { plain } from '../output.ts';
import type { Codes } from './device-grant.ts';

export type Screen = {
  readonly issuer: string;
  readonly codes: Codes;
  readonly wantsQr: boolean;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
};

const margin = '  ';

/** With colours, so it is written as it is. */
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

async function qrLines(text: string, columns: number | undefined): Promise<string[]> {
  const qr = await terminalQr(text);
  const needed = qr.columns + margin.length;
  if (columns !== undefined && columns < needed)
    return [`(The QR code needs ${needed} columns; this window has ${columns}.)`, ''].slice(0, 1);
  return [...qr.lines, ''];
}

/** One line for a script, before anybody has decided. In ASCII: JSON leaves C1 and bidirectional characters as they are, and a terminal obeys them. */
export const codesLine = (codes: Codes): string =>
  JSON.stringify(codesJson(codes)).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const codesJson = (codes: Codes) => ({
  event: 'code',
  verification_uri: codes.verificationUri,
  verification_uri_complete: codes.verificationUriComplete,
  user_code: codes.userCode,
  expires_in: codes.expiresInSeconds,
});
