-- release: give a lease back without a value.
-- KEYS[1] lease  STRING  the holder's token
-- ARGV[1] token, 8 bytes
-- Returns 1 when it was the holder's, else 0; then somebody else has it, or nobody, and nothing is written.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
