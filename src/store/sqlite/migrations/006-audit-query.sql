-- Audit records are queried by account, by client and without a filter, each in the order of time.
ALTER TABLE audit ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN client_id TEXT;
UPDATE audit SET at = json_extract(body, '$.at'), client_id = json_extract(body, '$.clientId');
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_client ON audit (client_id, at) WHERE client_id IS NOT NULL;
DROP INDEX audit_account;
CREATE INDEX audit_account ON audit (account_id, at) WHERE account_id IS NOT NULL;
