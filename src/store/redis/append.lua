-- Appends to a capped list. KEYS[1]; ARGV: record, cap, TTL in seconds from now.
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
