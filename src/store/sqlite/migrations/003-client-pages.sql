-- Clients are listed and searched by name, page by page. The origins of their redirect URIs are indexed for
-- CORS.
DROP TABLE clients;
CREATE TABLE clients (id TEXT PRIMARY KEY, sort_key TEXT NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE client_origins (origin TEXT NOT NULL, client_id TEXT NOT NULL, PRIMARY KEY (origin, client_id)) WITHOUT ROWID;
CREATE INDEX client_origins_client ON client_origins (client_id);
