-- Artifacts that are listed by the account they belong to.
ALTER TABLE artifacts ADD COLUMN owner TEXT;
CREATE INDEX artifacts_owner ON artifacts (owner, model) WHERE owner IS NOT NULL;
