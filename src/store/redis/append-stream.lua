-- Appends a record to a stream of about `cap` entries and sets its TTL.
-- KEYS[1]: the stream. ARGV: record, cap, TTL in seconds.
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'record', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
