-- What still has an address is found by its time, so that it can be removed once it was kept long enough.
CREATE INDEX audit_addressed ON audit (at) WHERE json_extract(body, '$.address') IS NOT NULL;
CREATE INDEX approvals_addressed ON approvals (approved_at) WHERE json_extract(body, '$.browserAddress') IS NOT NULL;
