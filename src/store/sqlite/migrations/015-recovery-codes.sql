-- Recovery codes of accounts, as keyed digests; each row goes with its use.
CREATE TABLE recovery_codes (
  account_id TEXT NOT NULL, code_hash TEXT NOT NULL, PRIMARY KEY (account_id, code_hash)
) WITHOUT ROWID;
