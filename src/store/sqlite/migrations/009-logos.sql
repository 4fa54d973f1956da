-- Pictures of relying parties, addressed by their hash; every upload has its own row.
CREATE TABLE logos (hash TEXT NOT NULL, copy TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (hash, copy));
