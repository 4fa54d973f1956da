-- Claims members whose score has been reached, lowest first, by moving their score to the end of the lease.
-- KEYS[1]: a sorted set. ARGV: now, end of the lease, maximum count. Returns the members; each goes to one
-- caller.
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, member in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[2], member) end
return due
