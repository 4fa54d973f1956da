-- What an account granted a client, until it is withdrawn. One row per account and client.
CREATE TABLE consents (
  account_id TEXT NOT NULL, client_id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account_id, client_id)
) WITHOUT ROWID;
CREATE INDEX consents_client ON consents (client_id);
