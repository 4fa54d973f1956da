-- Finds the records that still contain a network address by their time, so that old addresses can be removed.
CREATE INDEX audit_addressed ON audit (at) WHERE json_extract(body, '$.address') IS NOT NULL;
CREATE INDEX approvals_addressed ON approvals (approved_at) WHERE json_extract(body, '$.browserAddress') IS NOT NULL;
