// What did not arrive, in English.

export const undelivered = {
  tries: 'Tries: {count}. First: {when}.',
  pending: 'Next try {when}',
  givenUp: 'Given up',
  logouts: {
    title: 'Logouts that did not arrive',
    lead: 'It was told that somebody signed out, and did not answer. It is tried again for an hour.',
  },
  mails: {
    title: 'Mail that did not arrive',
    lead: 'For whose server it was, and what went wrong. Each is tried again for a day; to whom it goes and what it says is sealed.',
  },
  reasons: {
    EDNS: 'The name of the mail server is not known.',
    ESOCKET: 'The mail server cannot be reached.',
    ECONNECTION: 'The mail server cannot be reached.',
    ETIMEDOUT: 'The mail server did not answer in time.',
    ETLS: 'The mail server offers no encryption that can be trusted.',
    EAUTH: 'The mail server refused our name or password.',
    EENVELOPE: 'The mail server refused the address.',
    EMESSAGE: 'The mail server refused the message.',
    EPROTOCOL: 'The mail server gave an answer that is not understood.',
  },
} as const;
