-- exchange: settle what a worker finished and claim the next messages.
-- KEYS[1] ready      LIST    claimed from the right       KEYS[2] inflight  HASH  sequence -> payload, of this worker
-- KEYS[3] workers    ZSET    worker -> deadline, ms       KEYS[4] landing   LIST  what its blocking pop took
-- KEYS[5] repeats    ZSET    claims that were repeated    KEYS[6] paused    STRING  the reason
-- KEYS[7] crashes    HASH    sha1 of payload -> crashes   KEYS[8] retries   ZSET  payload -> due, seconds
-- KEYS[9] dead       LIST    newest at the left           KEYS[10...] metadata  HASH, one for each dead settlement
-- ARGV[1] worker  [2] lease, ms  [3] how many to claim  [4] first sequence  [5] '1' if this repeats a claim
-- ARGV[6] number of acks  [7] of releases  [8] of retries  [9] of dead  [10] retention of metadata, seconds, 0 for ever
-- ARGV[11] number of name-value pairs of each dead  [12] how many deliveries the caller knows it holds, '' when it cannot say; then
--   acks: sequence ...   releases: sequence, newest first ...   retries: sequence, delay ms, payload ...
--   dead: sequence, payload, time, pairs ...
-- Returns {state, verdicts, payloads, suspects, held}: state 0, 1 when paused, 2 when the lease is lost and nothing was written; verdicts '' when all was
-- settled, else '1' (settled) or '0' (stale) for each, in the order above; payloads in the order of their sequence numbers, false for a gap;
-- suspects a flat list of position in payloads, from 1, and crashes; held is how many deliveries the worker's hash has afterwards.
-- Atomic: a message is in exactly one of ready, landing, inflight, retries and dead, before and after. A settlement takes effect only if
-- the delivery was still in this worker's hash. A claim never overwrites a delivery: one that was repeated is refused when it comes late.
-- At most 1,000 settlements and 1,000 claims.
-- @include fragment_now
-- @include fragment_schedule
-- @include fragment_bury
local inflight, workers, crashes = KEYS[2], KEYS[3], KEYS[7]
local worker, count, first = ARGV[1], tonumber(ARGV[3]), tonumber(ARGV[4])
local acks, releases, retries, dead = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])

local deadline = redis.call('ZSCORE', workers, worker)
if not deadline or tonumber(deadline) <= 0 then
    return {2, string.rep('0', acks + releases + retries + dead), {}, {}, 0}
end
redis.call('ZADD', workers, now + ARGV[2], worker)

local settled, stale = 0, {}
local position = 13
local suspected = redis.call('EXISTS', crashes) == 1
if suspected then
    -- The worker survived these messages: what they are charged with is forgotten.
    local function forgive(field)
        local payload = redis.call('HGET', inflight, field)
        if payload then
            local digest = redis.sha1hex(payload)
            redis.call('HDEL', crashes, digest, digest .. ':since', digest .. ':trial')
        end
    end
    for index = position, position + acks + releases - 1 do forgive(ARGV[index]) end
    local other = position + acks + releases
    for index = 0, retries - 1 do forgive(ARGV[other + 3 * index]) end
    other = other + 3 * retries
    for index = 0, dead - 1 do forgive(ARGV[other + (3 + 2 * ARGV[11]) * index]) end
end
-- A single HDEL says how many were there, not which: it is for a caller whose count of what it holds is this server's, so that all must be there.
if acks > 0 and tonumber(ARGV[12]) == redis.call('HLEN', inflight) then
    local found = redis.call('HDEL', inflight, unpack(ARGV, position, position + acks - 1))
    for index = 1, found == acks and 0 or acks do stale[index] = true end
else
    for index = 1, acks do
        if redis.call('HDEL', inflight, ARGV[position + index - 1]) == 0 then stale[index] = true end
    end
end
settled = acks
position = position + acks
for index = position, position + releases - 1 do
    settled = settled + 1
    local payload = redis.call('HGET', inflight, ARGV[index])
    if payload then
        redis.call('RPUSH', KEYS[1], payload)
        redis.call('HDEL', inflight, ARGV[index])
    else
        stale[settled] = true
    end
end
position = position + releases
for _ = 1, retries do
    settled = settled + 1
    if redis.call('HDEL', inflight, ARGV[position]) == 1 then
        schedule(KEYS[8], KEYS[1], ARGV[position + 2], tonumber(ARGV[position + 1]))
    else
        stale[settled] = true
    end
    position = position + 3
end
for index = 1, dead do
    settled = settled + 1
    if redis.call('HDEL', inflight, ARGV[position]) == 1 then
        bury(KEYS[9], KEYS[9 + index], ARGV[position + 1], position + 2, tonumber(ARGV[11]), tonumber(ARGV[10]))
    else
        stale[settled] = true
    end
    position = position + 3 + 2 * ARGV[11]
end
local verdicts = ''
if next(stale) then
    local words = {}
    for index = 1, settled do words[index] = stale[index] and '0' or '1' end
    verdicts = table.concat(words)
end
-- A worker that knows of fewer than its hash has was given an older state of this server, and lets go of its name.
local function answer(state, payloads, found) return {state, verdicts, payloads, found, redis.call('HLEN', inflight)} end
if count == 0 then return answer(0, {}, {}) end

local function suspects(payloads)
    local found = {}
    if not suspected then return found end
    for index = 1, #payloads do
        local crashed = payloads[index] and redis.call('HGET', crashes, redis.sha1hex(payloads[index]))
        if crashed then
            found[#found + 1] = index
            found[#found + 1] = tonumber(crashed)
        end
    end
    return found
end

if ARGV[5] == '1' then
    -- Whatever this repeats may have run, or may still run after us: the mark refuses it then.
    local isFirstRepeat = redis.call('ZADD', KEYS[5], first, first) == 1
    redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -1001)
    local fields = {}
    for index = 1, count do fields[index] = first + index - 1 end
    local held = redis.call('HMGET', inflight, unpack(fields))
    for index = 1, count do
        if held[index] then return answer(0, held, suspects(held)) end
    end
    if not isFirstRepeat then return answer(0, {}, {}) end
elseif redis.call('ZSCORE', KEYS[5], first) then
    return answer(0, {}, {})
end

if redis.call('EXISTS', KEYS[6]) == 1 then return answer(1, {}, {}) end
local payloads = redis.call('RPOP', KEYS[4], count) or {}
if #payloads < count then
    local more = redis.call('RPOP', KEYS[1], count - #payloads)
    if more then
        if #payloads == 0 then
            payloads = more
        else
            for index = 1, #more do payloads[#payloads + 1] = more[index] end
        end
    end
end
if #payloads > 0 then
    local fields = {}
    for index = 1, #payloads do
        fields[2 * index - 1] = first + index - 1
        fields[2 * index] = payloads[index]
    end
    redis.call('HSET', inflight, unpack(fields))
end
return answer(0, payloads, suspects(payloads))
