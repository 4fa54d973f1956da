-- Pictures by their SHA-256. Every upload has a row of its own (`copy`), so one can be deleted alone.
CREATE TABLE logos (hash TEXT NOT NULL, copy TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (hash, copy));
