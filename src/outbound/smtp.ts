// The way to the mail server (SMTP, RFC 5321). What leaves for a server that is not on this machine is encrypted, or does not leave.
import { createTransport } from 'nodemailer';
import type { MailId, MailOutcome } from '../core/mail/queued-mail.ts';
import type { Transport } from '../core/mail/transport.ts';

export type SmtpSettings = {
  /** `smtp://` or `smtps://`, with a username if the server wants one. `?tls=off` and `?tls=required` say otherwise than the host does. */
  readonly url: string;
  /** The username's; null: none. */
  readonly password: string | null;
  /** `Name <address>` or an address. */
  readonly from: string;
};

const connectMs = 10_000;
const silenceMs = 20_000;
const errorLength = 200;

/** @throws TypeError when the URL is none; config/checks.ts has looked before. */
export function createSmtpTransport({ url, password, from }: SmtpSettings): Transport {
  const { protocol, hostname, port, username, searchParams } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'smtps:';
  // RFC 8314 §3: on submission STARTTLS is taken for granted; a server that lost it meanwhile gets nothing in clear text.
  const isTlsWanted = isSecure || (searchParams.get('tls') ?? (isLoopback(host) ? 'off' : 'required')) === 'required';
  const smtp = createTransport({
    host,
    port: Number(port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: isTlsWanted,
    ignoreTLS: !isTlsWanted,
    ...(username && { auth: { user: decodeURIComponent(username), pass: password ?? '' } }),
    dnsTimeout: connectMs,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    // A message is words; nothing in it may name a file or an address to be read into it.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return async ({ to, subject, text, html }, id, signal) => {
    try {
      await smtp.sendMail({
        from,
        // Not a header's text, in which a comma would begin a second address.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: messageIdOf(id, from),
        // RFC 3834 §5: nobody's holiday notice answers it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf(error);
    }
  };
}

/** The same in every try, so that a message that came twice can be recognised (RFC 5322 §3.6.4). */
const messageIdOf = (id: MailId, from: string): string => `<${id}@${/@([^\s>]+)/.exec(from)?.[1] ?? 'localhost'}>`;

/** RFC 5321 §4.2.1: 5yz about this address or message is final. One about our sign-in there is a mistake that somebody mends. */
function outcomeOf(error: unknown): MailOutcome {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : null;
  const isFinal = (code === 'EENVELOPE' || code === 'EMESSAGE') && status !== null && status >= 500;
  return { kind: isFinal ? 'refused' : 'failed', error: reasonOf(code, status) };
}

/** Codes alone: what a server says may repeat the address. */
function reasonOf(code: unknown, status: number | null): string {
  const name = typeof code === 'string' ? code : 'unknown error';
  return (status === null ? name : `SMTP ${status} ${name}`).slice(0, errorLength);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
