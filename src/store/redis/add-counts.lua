-- Adds to counters of a hash and sets its TTL.
-- KEYS[1]: the hash. ARGV: TTL in seconds, then name and count of each counter.
for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
