-- Compare and set on a field of a hash. KEYS[1]; ARGV: field, expected value ('' for none), next value.
-- Returns 1 when written, else the present value, nil when there is none.
local current = redis.call('HGET', KEYS[1], ARGV[1])
if (current or '') ~= ARGV[2] then return current end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
