-- Adds a member to an index (a sorted set). The TTL of the set is only ever extended. KEYS[1]: the set.
-- ARGV: score, member, TTL in seconds (0: durable), and optionally a score: members with that score or a
-- lower one are removed.
if ARGV[4] then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4]) end
local isNew = redis.call('EXISTS', KEYS[1]) == 0
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
local wanted, present = tonumber(ARGV[3]), redis.call('TTL', KEYS[1])
if wanted == 0 then
  redis.call('PERSIST', KEYS[1])
elseif isNew or (present >= 0 and present < wanted) then
  redis.call('EXPIRE', KEYS[1], wanted)
end
return 1
