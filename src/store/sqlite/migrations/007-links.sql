-- Links that let their holder create an account or set a password; and an index of accounts by role.
CREATE TABLE links (
  id TEXT PRIMARY KEY, purpose TEXT NOT NULL, secret_hash TEXT NOT NULL UNIQUE, position TEXT NOT NULL, body TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX links_position ON links (purpose, position);
CREATE INDEX links_expiry ON links (expires_at);

CREATE TABLE account_roles (role TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (role, account_id)) WITHOUT ROWID;
CREATE INDEX account_roles_account ON account_roles (account_id);
INSERT OR IGNORE INTO account_roles SELECT each.value, accounts.id FROM accounts, json_each(accounts.body, '$.roles') AS each;
