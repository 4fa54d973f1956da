-- Appends a record to a list of at most `cap` entries and sets its TTL.
-- KEYS[1]: the list. ARGV: record, cap, TTL in seconds.
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
