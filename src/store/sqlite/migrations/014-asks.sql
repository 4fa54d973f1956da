-- "Ask my phone": an index of browsers over all accounts, the one open request per account, and the key
-- pair for push services (RFC 8292).
CREATE INDEX browsers_hash ON browsers (browser_hash);
CREATE TABLE asks (account_id TEXT PRIMARY KEY, id TEXT NOT NULL, body TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX asks_expiry ON asks (expires_at);
CREATE TABLE push_keys (id INTEGER PRIMARY KEY CHECK (id = 1), sealed TEXT NOT NULL);
