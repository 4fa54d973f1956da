-- The queue of back-channel logouts. The index begins with the client, so that a long queue of one client
-- is not read to reach the others.
CREATE TABLE logouts (
  id TEXT PRIMARY KEY, client_id TEXT NOT NULL, created_at INTEGER NOT NULL, next_attempt_at INTEGER, body TEXT NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX logouts_due ON logouts (client_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX logouts_client ON logouts (client_id, created_at);
CREATE INDEX logouts_expiry ON logouts (expires_at);
