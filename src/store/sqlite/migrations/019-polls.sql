-- How a device asks for its ticket: not before `polls_at`, and `poll_wait` seconds lie between two askings.
ALTER TABLE tickets ADD COLUMN polls_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN poll_wait INTEGER;
