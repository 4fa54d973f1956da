-- Deletes an artifact that still belongs to the grant. KEYS[1]; ARGV: grant id.
if redis.call('HGET', KEYS[1], 'grantId') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
