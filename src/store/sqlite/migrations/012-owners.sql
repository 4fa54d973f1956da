-- Enabled administrators, of whom one must always be left; and the artifacts that are listed by the account they belong to.
CREATE INDEX accounts_administrators ON accounts (id)
  WHERE instr(json_extract(body, '$.roles'), '"administrator"') > 0 AND json_extract(body, '$.disabledAt') IS NULL;
ALTER TABLE artifacts ADD COLUMN owner TEXT;
CREATE INDEX artifacts_owner ON artifacts (owner, model) WHERE owner IS NOT NULL;
