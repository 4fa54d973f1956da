// Sends mail over SMTP (Transport of core/mail; RFC 5321). Mail to a server on another machine is
// encrypted, or it is not sent.
import { createTransport } from 'nodemailer';
import type { MailId, MailOutcome } from '../core/mail/queued-mail.ts';
import type { Transport } from '../core/mail/transport.ts';

export type SmtpSettings = {
  /**
   * `smtp://` or `smtps://`, with a username if the server needs one. `?tls=off` and `?tls=required`
   * override the default.
   */
  readonly url: string;
  /** Password of that username; null for none. */
  readonly password: string | null;
  /** Sender: `Name <address>` or an address. */
  readonly from: string;
};

/** Time limits in milliseconds: for name, connection and greeting each, and for silence afterwards. */
const connectMs = 10_000;
const silenceMs = 20_000;
/** Maximum length of a recorded error. */
const errorLength = 200;

/** @throws TypeError when the URL is none; config/checks.ts has looked before. */
export function createSmtpTransport({ url, password, from }: SmtpSettings): Transport {
  const { protocol, hostname, port, username, searchParams } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'smtps:';
  // RFC 8314 §3: submission requires TLS. A server that stops offering STARTTLS receives nothing in clear
  // text.
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
    // nodemailer can attach files and URLs that a message names. No message of ours does, so both are off.
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return async ({ to, subject, text, html }, id, signal) => {
    try {
      await smtp.sendMail({
        from,
        // As an object: in the text of a header, a comma would start a second address.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: messageIdOf(id, from),
        // RFC 3834 §5: automatic responders must not answer.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      });
      return { kind: 'sent' };
    } catch (error) {
      return outcomeOf(error);
    }
  };
}

/** Same in every attempt, so that mail programs recognise a message that arrived twice (RFC 5322 §3.6.4). */
const messageIdOf = (id: MailId, from: string): string => `<${id}@${/@([^\s>]+)/.exec(from)?.[1] ?? 'localhost'}>`;

/**
 * A 5yz reply about this address or message is final (RFC 5321 §4.2.1). A failure of our own authentication
 * is not: an operator will correct it, and the message is then sent.
 */
function outcomeOf(error: unknown): MailOutcome {
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  const status = typeof responseCode === 'number' ? responseCode : null;
  const isFinal = (code === 'EENVELOPE' || code === 'EMESSAGE') && status !== null && status >= 500;
  return { kind: isFinal ? 'refused' : 'failed', error: reasonOf(code, status) };
}

/** Only codes are kept, because the text of a server may repeat the address. */
function reasonOf(code: unknown, status: number | null): string {
  const name = typeof code === 'string' ? code : 'unknown error';
  return (status === null ? name : `SMTP ${status} ${name}`).slice(0, errorLength);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
