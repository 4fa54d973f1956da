-- Passkeys and their open challenges. A challenge is deleted by its first answer.
CREATE TABLE passkeys (
  id TEXT PRIMARY KEY, account_id TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkeys_account ON passkeys (account_id, created_at);
CREATE TABLE passkey_challenges (id TEXT PRIMARY KEY, body TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX passkey_challenges_expiry ON passkey_challenges (expires_at);
