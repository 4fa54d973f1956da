// A mail server on a port of its own: keeps what it was sent, as it came over the wire, and answers as the
// test says.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export type ReceivedMail = {
  readonly from: string;
  readonly to: readonly string[];
  /** Header lines, unfolded, in their order. */
  readonly headers: readonly string[];
  /** The parts, decoded. */
  readonly text: string;
  readonly html: string;
  readonly raw: string;
};

export type MailReceiver = Awaited<ReturnType<typeof startMailReceiver>>;

export async function startMailReceiver(options: SMTPServerOptions = {}, port = 0) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      text(stream).then((raw) => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom ? mailFrom.address : '';
        mails.push({ from, to: rcptTo.map(({ address }) => address), ...parse(raw), raw });
        done();
      }, done);
    },
    ...options,
  });
  // A client that gives up in the middle of a handshake is what some tests are about.
  server.on('error', () => undefined);
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${taken}`,
    port: taken,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'text' | 'html'> {
  const { headers, body } = split(raw);
  const boundary = /boundary="?([^";]+)/i.exec(headers.join('\n'))?.[1] ?? '\u0000';
  const parts = body.split(`--${boundary}`).map((part) => split(part.replace(/^\r\n/, '')));
  const decoded = (type: string): string => {
    const part = parts.find((each) =>
      each.headers.some((line) => line.toLowerCase().startsWith(`content-type: ${type}`)),
    );
    return part ? decode(part) : '';
  };
  return { headers, text: decoded('text/plain'), html: decoded('text/html') };
}

function split(raw: string): { headers: string[]; body: string } {
  const at = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, at)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  return { headers, body: raw.slice(at + 4) };
}

function decode({ headers, body }: { headers: string[]; body: string }): string {
  const encoding = headers.find((line) => /^content-transfer-encoding:/i.test(line)) ?? '';
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/quoted-printable/i.test(encoding)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
