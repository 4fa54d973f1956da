-- Adds to a counter, or opens a new window when the present one is over.
-- KEYS[1]: a hash. ARGV: points, window in seconds, now. Returns the count and the end of the window.
local ends = redis.call('HGET', KEYS[1], 'resetsAt')
if ends and tonumber(ends) > tonumber(ARGV[3]) then
  return { redis.call('HINCRBY', KEYS[1], 'count', ARGV[1]), tonumber(ends) }
end
local resetsAt = tonumber(ARGV[3]) + tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'count', ARGV[1], 'resetsAt', resetsAt)
redis.call('EXPIRE', KEYS[1], math.max(1, tonumber(ARGV[2])))
return { tonumber(ARGV[1]), resetsAt }
