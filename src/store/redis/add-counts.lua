-- Adds to counters. KEYS[1], a hash; ARGV: TTL in seconds from now, then name and count of each.
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
