// The console's overview, in English. Each warning says what is wrong, and its fix in a sentence.

export const overview = {
  lead: 'What is going on, and what needs somebody’s eye.',
  warningsTitle: 'Needs attention',
  notesTitle: 'Good to know',
  nowTitle: 'Right now',
  openNow: 'Codes waiting now',
  approvedDay: 'Approved, 24 hours',
  approvedMonth: 'Approved, 30 days',
  median: 'Time to approve',
  seconds: '{count} s',
  noMedian: 'None yet',
  ofMonth: 'median, 30 days',
  ofDay: 'median, 24 hours',
  day: {
    title: 'Last 24 hours',
    chart: 'Codes shown in each of the last 24 hours, by what became of them',
    step: 'Hour (UTC)',
    none: 'No code was shown in the last 24 hours.',
  },
  month: {
    title: 'Last 30 days',
    chart: 'Codes shown on each of the last 30 days, by what became of them',
    step: 'Day (UTC)',
    none: 'No code was shown in the last 30 days.',
  },
  outcomes: {
    shown: 'Shown',
    scanned: 'Scanned',
    approved: 'Approved',
    open: 'Still open',
    denied: 'Denied',
    cancelled: 'Cancelled',
    expired: 'Expired',
  },
  table: 'As a table',
  expiredHint:
    'Hours and days are UTC. A code that nobody scans runs out, and the page shows the next: some always expire.',
  clientsTitle: 'Busiest relying parties, 30 days',
  clientCount: '{shown} shown, {approved} approved',
  gone: 'deleted',
  emptyTitle: 'Nobody has signed in yet',
  emptyLead: 'Once people sign in to a relying party with their phone, this page shows how it goes.',
  warnings: {
    issuer_host: {
      title: 'You came by {host}, but the issuer is {issuer}',
      fix: 'Let the reverse proxy serve one host name only, and set issuer to it: other addresses are refused, and sign-ins begun there fail.',
    },
    issuer_scheme: {
      title: 'You came by {scheme}, but the issuer is {issuer}',
      fix: 'Redirect http to https in the reverse proxy, or let it send the right X-Forwarded-Proto.',
    },
    proxy_unknown: {
      title: 'A reverse proxy stands in front that the configuration does not name',
      fix: 'Add its address to http.trusted_proxies: until then everybody seems to come from one address, and limits and risk count wrong.',
    },
    development_public: {
      title: 'The development configuration is used at {issuer}',
      fix: 'Set environment to production: it refuses demo accounts, whose passwords everybody knows, and asks for secrets of your own.',
    },
    keys_overdue: {
      title: 'Signing keys are overdue for rotation: {algorithms}',
      fix: 'Run “npm run tessera -- key rotate”, and look in the log for why the provider did not do it by itself.',
    },
    keys_due: {
      title: 'New signing keys sign {when}',
      fix: 'They are published already. Only a relying party that keeps keys by hand has to fetch them from the JWKS address before.',
    },
    clock_off: {
      title: 'This machine’s clock and the database’s differ by {seconds} seconds',
      fix: 'Keep both in time by NTP: codes and tokens end too early or too late otherwise.',
    },
    logouts_given_up: {
      title: 'Sign-outs that relying parties never heard of, in 24 hours: {count}',
      fix: 'Find them in the audit trail as logout.given_up, and check the back-channel logout address of those relying parties.',
    },
    place_missing: {
      title: 'The place database {path} cannot be read',
      fix: 'Put the file there, or change its path under place in the configuration. Until then sign-ins go on without knowing where people are.',
    },
    place_damaged: {
      title: 'The place database {path} is damaged',
      fix: 'Download it anew and put it there in one step (mv); it is taken within a minute. What was read before it is still used. ({reason})',
    },
    mail_off: {
      title: 'No mail is sent',
      fix: 'Set mail.smtp_url and mail.from: then people hear by mail of sign-ins from new browsers, with a link that undoes them.',
    },
    mails_undelivered: {
      title: 'Messages not delivered, in seven days: {count}',
      fix: 'Check mail.smtp_url. They are listed below; each is tried again for a day.',
    },
    no_passkey: {
      title: 'You administer without a passkey',
      fix: 'Make one at /account/passkeys on your phone. From then on it alone opens this console, and no stolen password does.',
    },
    one_administrator: {
      title: 'There is only one administrator',
      fix: 'Give a second person the role, so that a lost phone locks nobody out.',
    },
  },
} as const;
