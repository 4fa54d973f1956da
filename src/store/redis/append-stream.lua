-- Appends to a capped stream. KEYS[1]; ARGV: record, cap, TTL in seconds from now.
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'record', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
