-- Records one poll (RFC 8628 section 3.5). A poll before the allowed instant is early and lengthens the
-- interval. KEYS[1]: "<allowed at> <interval>", where an interval of 0 means no poll so far. ARGV: first
-- interval, seconds added to it by an early poll, now. Returns 1 for an early poll. An absent key stays
-- absent, so guesses leave no trace.
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
