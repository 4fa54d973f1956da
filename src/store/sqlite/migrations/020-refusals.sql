-- Records of refused requests. They are kept for a week only, and apart from the audit trail.
CREATE TABLE refusals (
  number INTEGER PRIMARY KEY, at INTEGER NOT NULL, client_id TEXT, body TEXT NOT NULL, expires_at INTEGER NOT NULL
);
CREATE INDEX refusals_at ON refusals (at);
CREATE INDEX refusals_client ON refusals (client_id, at) WHERE client_id IS NOT NULL;
CREATE INDEX refusals_expiry ON refusals (expires_at);
CREATE INDEX refusals_addressed ON refusals (at) WHERE json_extract(body, '$.address') IS NOT NULL;
