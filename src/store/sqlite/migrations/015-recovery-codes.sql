-- Recovery codes as keyed digests. Using a code deletes its row.
CREATE TABLE recovery_codes (
  account_id TEXT NOT NULL, code_hash TEXT NOT NULL, PRIMARY KEY (account_id, code_hash)
) WITHOUT ROWID;
