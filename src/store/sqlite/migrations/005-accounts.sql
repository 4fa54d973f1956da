-- Accounts are found by the beginning of username, display name or email: a row per term. Those that are there already are carried over
-- in the case of ASCII letters only; their next change puts the rest right.
CREATE TABLE account_search (term TEXT NOT NULL, account_id TEXT NOT NULL, PRIMARY KEY (term, account_id)) WITHOUT ROWID;
CREATE INDEX account_search_account ON account_search (account_id, term);
INSERT OR IGNORE INTO account_search SELECT username, id FROM accounts;
INSERT OR IGNORE INTO account_search
  SELECT lower(trim(json_extract(body, '$.displayName'))), id FROM accounts WHERE trim(json_extract(body, '$.displayName')) <> '';
INSERT OR IGNORE INTO account_search
  SELECT lower(trim(json_extract(body, '$.email'))), id FROM accounts WHERE trim(json_extract(body, '$.email')) <> '';
