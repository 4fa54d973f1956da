-- Writes an artifact. A record that has expired counts as absent. KEYS[1]: the artifact, a hash. ARGV:
-- 'upsert' or 'insert', now, TTL in seconds (0: durable), then fields and values. Returns 1, or 0 when
-- 'insert' found a live record.
local old = redis.call('HMGET', KEYS[1], 'payload', 'expiresAt', 'consumedAt')
local isLive = old[1] and (not old[2] or tonumber(old[2]) > tonumber(ARGV[2]))
if isLive and ARGV[1] == 'insert' then return 0 end
if old[1] then redis.call('DEL', KEYS[1]) end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
if isLive and old[3] then redis.call('HSET', KEYS[1], 'consumedAt', old[3]) end
if ARGV[3] ~= '0' then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
return 1
