-- Deletes an artifact.
-- KEYS[1]: the artifact, a hash. ARGV: now. Returns 1 when it was there and had not expired.
local record = redis.call('HMGET', KEYS[1], 'payload', 'expiresAt')
if not record[1] then return 0 end
redis.call('DEL', KEYS[1])
if record[2] and tonumber(record[2]) <= tonumber(ARGV[1]) then return 0 end
return 1
