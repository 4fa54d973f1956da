-- Polling of a screen (RFC 8628 §3.5): the next poll is allowed at `polls_at`, and `poll_wait` is the
-- interval in seconds.
ALTER TABLE tickets ADD COLUMN polls_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tickets ADD COLUMN poll_wait INTEGER;
