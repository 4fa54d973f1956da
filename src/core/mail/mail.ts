// One message to one address, as callers hand it to the queue. The caller writes the words; mails.ts stores
// and sends them.

export type Mail = {
  /** One address (RFC 5321). It is checked before the message is stored: no line break, no second address. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The same text as HTML. Callers must escape every value from outside. */
  readonly html: string;
};

/** What other concepts may do with mail. */
export type Mailer = {
  /** Whether SMTP is configured. Without it `enqueue` throws. */
  readonly isOn: boolean;
  /** Stores the message and resolves. It is sent in the background, with retries for a day. */
  readonly enqueue: (mail: Mail) => Promise<void>;
};
