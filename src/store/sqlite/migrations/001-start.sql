-- The column `body` is JSON; the other columns are those that queries search. All instants are epoch
-- seconds. Tables that are written often keep their rowid: large rows with random ids are cheaper to append
-- than to insert in the order of the primary key. The ticket with the highest rowid was created last.
CREATE TABLE tickets (
  id TEXT PRIMARY KEY, interaction_id TEXT NOT NULL, user_code TEXT NOT NULL, body TEXT NOT NULL, expires_at INTEGER NOT NULL
);
CREATE INDEX tickets_interaction ON tickets (interaction_id);
CREATE INDEX tickets_user_code ON tickets (user_code);
CREATE INDEX tickets_expiry ON tickets (expires_at);

CREATE TABLE accounts (id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE devices (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, secret_hash TEXT, key_thumbprint TEXT, created_at INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX devices_secret ON devices (secret_hash) WHERE secret_hash IS NOT NULL;
CREATE INDEX devices_account ON devices (account_id, created_at);

CREATE TABLE browsers (
  account_id TEXT NOT NULL, browser_hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account_id, browser_hash)
) WITHOUT ROWID;

CREATE TABLE approvals (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, approved_at INTEGER NOT NULL, body TEXT NOT NULL, expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX approvals_account ON approvals (account_id, approved_at);
CREATE INDEX approvals_expiry ON approvals (expires_at);

CREATE TABLE clients (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE audit (
  number INTEGER PRIMARY KEY, ticket_id TEXT, account_id TEXT, body TEXT NOT NULL
);
CREATE INDEX audit_ticket ON audit (ticket_id) WHERE ticket_id IS NOT NULL;
CREATE INDEX audit_account ON audit (account_id) WHERE account_id IS NOT NULL;

CREATE TABLE limits (key TEXT PRIMARY KEY, count INTEGER NOT NULL, resets_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX limits_expiry ON limits (resets_at);

CREATE TABLE artifacts (
  model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL, grant_id TEXT, uid TEXT, user_code TEXT,
  expires_at INTEGER, consumed_at INTEGER, written INTEGER NOT NULL, PRIMARY KEY (model, id)
);
CREATE INDEX artifacts_grant ON artifacts (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX artifacts_uid ON artifacts (uid) WHERE uid IS NOT NULL;
CREATE INDEX artifacts_user_code ON artifacts (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX artifacts_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE keys (number INTEGER PRIMARY KEY AUTOINCREMENT, kid TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
