-- Someone asks who has to wait in between. KEYS[1]: when they may ask again, and their wait, 0 before the first; ARGV: first wait, what is
-- added for asking early, now. Returns 1 for early. Writes nothing where nobody is expected, so that guesses leave no trace.
local kept = redis.call('GET', KEYS[1])
if not kept then return 0 end
local at, wait = kept:match('^(%d+) (%d+)$')
local now = tonumber(ARGV[3])
if tonumber(at) > now then
  redis.call('SET', KEYS[1], at .. ' ' .. (wait + ARGV[2]), 'KEEPTTL')
  return 1
end
if wait == '0' then wait = ARGV[1] end
redis.call('SET', KEYS[1], (now + wait) .. ' ' .. wait, 'KEEPTTL')
return 0
