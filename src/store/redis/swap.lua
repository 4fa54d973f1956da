-- Compare and set on a string. KEYS[1]; ARGV: expected value, next value. Keeps the TTL.
-- Returns 1 when written, else the present value, nil when there is none.
local current = redis.call('GET', KEYS[1])
if current ~= ARGV[1] then return current end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
