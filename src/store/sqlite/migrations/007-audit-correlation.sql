-- All records of one authorization request (tickets, password, code) are found by its correlation id.
ALTER TABLE audit ADD COLUMN correlation_id TEXT;
UPDATE audit SET correlation_id = json_extract(body, '$.correlationId');
CREATE INDEX audit_correlation ON audit (correlation_id, at) WHERE correlation_id IS NOT NULL;
