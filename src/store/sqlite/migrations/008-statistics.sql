-- Counters of all tickets by minute, hour and day, and of each client by day. When each client and each of
-- its secrets was last used.
CREATE TABLE statistics (
  span TEXT NOT NULL, start INTEGER NOT NULL, counter TEXT NOT NULL, count INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (span, start, counter)
) WITHOUT ROWID;
CREATE INDEX statistics_expiry ON statistics (expires_at);
CREATE TABLE statistics_clients (
  day INTEGER NOT NULL, client_id TEXT NOT NULL, shown INTEGER NOT NULL, approved INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  PRIMARY KEY (day, client_id)
) WITHOUT ROWID;
CREATE INDEX statistics_clients_busiest ON statistics_clients (day, shown);
CREATE INDEX statistics_clients_expiry ON statistics_clients (expires_at);
CREATE TABLE client_uses (
  client_id TEXT NOT NULL, what TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (client_id, what)
) WITHOUT ROWID;
