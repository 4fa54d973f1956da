-- The queue of mail, including messages that were given up.
CREATE TABLE mails (
  id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, next_attempt_at INTEGER, body TEXT NOT NULL, expires_at INTEGER NOT NULL
);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX mails_age ON mails (created_at);
CREATE INDEX mails_expiry ON mails (expires_at);
-- Notices to an account, about an approval or a changed credential. A notice with a "This was not me" link
-- is found by the digest of the link's secret.
CREATE TABLE notices (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, secret_hash TEXT, created_at INTEGER NOT NULL, body TEXT NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX notices_secret ON notices (secret_hash) WHERE secret_hash IS NOT NULL;
CREATE INDEX notices_account ON notices (account_id, created_at);
CREATE INDEX notices_expiry ON notices (expires_at);
