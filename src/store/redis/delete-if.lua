-- Deletes a pointer that still points where its owner set it. KEYS[1]; ARGV: expected value. Returns 1 when deleted.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
