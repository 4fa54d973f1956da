-- Appends a record to a stream, drops the entries that are older than the given time, and sets the TTL.
-- KEYS[1]: the stream. ARGV: record, cap, seconds for which an entry is kept.
local now = tonumber(redis.call('TIME')[1])
local oldest = string.format('%.0f', (now - tonumber(ARGV[3])) * 1000)
redis.call('XADD', KEYS[1], 'MINID', '=', oldest, '*', 'record', ARGV[1])
redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
