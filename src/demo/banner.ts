// The text that a newcomer reads in the terminal: where to go, whose password to use, and how to be the
// phone.
import { terminalQr } from '../terminal-qr.ts';

/** What the banner names. `lan`: with the instructions for a real phone. */
export type BannerFacts = {
  readonly issuer: string;
  readonly teaHouseUrl: string;
  readonly accounts: readonly { readonly username: string; readonly password: string }[];
  readonly phoneUrl: string;
  readonly lan: boolean;
};

/** Returns the banner, with a QR code of the address for phones. */
export async function banner({ issuer, teaHouseUrl, accounts, phoneUrl, lan }: BannerFacts): Promise<string> {
  const people = accounts.map(({ username, password }) => `${username} / ${password}`).join('    ');
  const lines = [
    '',
    '  Tessera is running.',
    '',
    `  Provider         ${issuer}`,
    `  Demo website     ${teaHouseUrl}   press “Sign in with QR”`,
    `  Demo TV          ${teaHouseUrl}/tv   a screen without a keyboard`,
    `  Demo accounts    ${people}`,
    '',
    '  Be the phone:',
    `    another browser   ${phoneUrl} in a private window; type the code`,
    '    this terminal     npm run phone -- "<code on the page, or link from the QR>"',
    lan
      ? '    a real phone      scan this, accept the self-made certificate, sign in:'
      : '    a real phone      npm start -- --lan',
  ];
  const qr = lan ? `\n${(await terminalQr(phoneUrl)).lines.map((line) => `    ${line}`).join('\n')}` : '';
  return `${lines.join('\n')}${qr}\n`;
}
