-- Marks an artifact as consumed. Never creates a key.
-- KEYS[1]: the artifact, a hash. ARGV: now. Returns 1 to exactly one caller, 0 to every other one.
local record = redis.call('HMGET', KEYS[1], 'payload', 'expiresAt', 'consumedAt')
if not record[1] or record[3] then return 0 end
if record[2] and tonumber(record[2]) <= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'consumedAt', ARGV[1])
return 1
