-- Deletes a key if it still has the expected value, such as a pointer or a lock.
-- KEYS[1]: the key. ARGV: expected value. Returns 1 when it was deleted.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
