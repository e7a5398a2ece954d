-- quarantine: put a message whose workers died into the dead-letter queue.
-- KEYS[1] inflight  HASH  of the dead worker      KEYS[2] workers  ZSET  worker -> deadline, ms; 0 while it is being swept
-- KEYS[3] crashes   HASH  sha1 of payload -> crashes   KEYS[4] dead  LIST   KEYS[5] metadata  HASH
-- ARGV[1] worker   [2] sequence   [3] payload with dlq_metadata   [4] retention, seconds   [5] number of pairs   [6] time, pairs ...
-- Returns 1, or 0 when somebody else took it: nothing was written then.
-- Atomic: the message is in the dead worker's hash or in the dead-letter queue.
-- @include fragment_bury
local deadline = redis.call('ZSCORE', KEYS[2], ARGV[1])
if not deadline or tonumber(deadline) > 0 then return 0 end
local payload = redis.call('HGET', KEYS[1], ARGV[2])
if not payload then return 0 end
bury(KEYS[4], KEYS[5], ARGV[3], 6, tonumber(ARGV[5]), tonumber(ARGV[4]))
redis.call('HDEL', KEYS[1], ARGV[2])
local digest = redis.sha1hex(payload)
redis.call('HDEL', KEYS[3], digest, digest .. ':since', digest .. ':trial')
return 1
