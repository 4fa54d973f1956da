// One message to one address, as it is handed to the queue. What it says is worded by who sends it; how it travels is the queue's business.

export type Mail = {
  /** One address, RFC 5321; checked before it is sent: no line break, no second address. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** The same for programs that show markup; every word from outside is escaped in it. */
  readonly html: string;
};

/** What others see of mail. */
export type Mailer = {
  /** Whether SMTP is configured; without it `enqueue` refuses. */
  readonly isOn: boolean;
  /** Kept, then sent in the background and tried again for a day. Resolves when kept: nobody waits for the mail server. */
  readonly enqueue: (mail: Mail) => Promise<void>;
};
