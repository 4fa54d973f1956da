-- Adds to scores of a sorted set and sets its TTL.
-- KEYS[1]: the set. ARGV: TTL in seconds, then member and points of each.
for i = 2, #ARGV, 2 do redis.call('ZINCRBY', KEYS[1], ARGV[i + 1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
