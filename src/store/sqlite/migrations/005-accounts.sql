-- Accounts are found by the beginning of username, display name or email: one row per search term. lower()
-- of SQLite folds ASCII letters only, so terms of existing accounts with other letters become right with
-- their next change.
CREATE TABLE account_search (term TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (term, account_id)) WITHOUT ROWID;
CREATE INDEX account_search_account ON account_search (account_id, term);
INSERT OR IGNORE INTO account_search SELECT username, id FROM accounts;
INSERT OR IGNORE INTO account_search
  SELECT lower(trim(json_extract(body, '$.displayName'))), id FROM accounts WHERE trim(json_extract(body, '$.displayName')) <> '';
INSERT OR IGNORE INTO account_search
  SELECT lower(trim(json_extract(body, '$.email'))), id FROM accounts WHERE trim(json_extract(body, '$.email')) <> '';
