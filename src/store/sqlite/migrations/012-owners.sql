-- Artifacts are listed by the account that owns them.
ALTER TABLE artifacts ADD COLUMN owner TEXT;
CREATE INDEX artifacts_owner ON artifacts (owner, model) WHERE owner IS NOT NULL;
