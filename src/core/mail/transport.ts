// The port through which mail leaves. src/outbound/smtp.ts implements it.
import type { Mail } from './mail.ts';
import type { MailId, MailOutcome } from './queued-mail.ts';

/**
 * One attempt to hand a message to the mail server. It ends soon after `signal` aborts and never rejects:
 * every failure is an outcome. `id` is the same in all attempts of one message.
 */
export type Transport = (mail: Mail, id: MailId, signal: AbortSignal) => Promise<MailOutcome>;
