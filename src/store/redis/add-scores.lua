-- Adds to scores. KEYS[1], a sorted set; ARGV: TTL in seconds from now, then member and points of each.
for i = 2, #ARGV, 2 do redis.call('ZINCRBY', KEYS[1], ARGV[i + 1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
