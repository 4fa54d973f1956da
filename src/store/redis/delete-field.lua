-- Deletes a field of a hash.
-- KEYS[1]: the hash. ARGV: field, 1 to keep the only field. Returns 1: deleted, 0: absent, -1: kept.
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[2] == '1' and redis.call('HLEN', KEYS[1]) == 1 then return -1 end
return redis.call('HDEL', KEYS[1], ARGV[1])
