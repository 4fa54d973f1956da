-- Writes instants into a hash, where they are later than those that are there.
-- KEYS[1]: the hash. ARGV: field and instant of each.
for i = 1, #ARGV, 2 do
  local present = redis.call('HGET', KEYS[1], ARGV[i])
  if not present or tonumber(present) < tonumber(ARGV[i + 1]) then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
end
return 1
