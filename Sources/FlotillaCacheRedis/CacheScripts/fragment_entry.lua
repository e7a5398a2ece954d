-- An entry: 1 byte n, 8 bytes version, n * 8 bytes of generations, then what the cache stored. Numbers are big-endian.
-- Change `StoredEntry.swift` together with this.

-- Whether what is there keeps a version out: a newer one always; an equal one while it counts and the caller does not `refresh` it.
local function outranked(item, version, generations, refresh)
    if version == '\0\0\0\0\0\0\0\0' then return false end
    local head = redis.pcall('GETRANGE', item, 0, 8)
    if type(head) ~= 'string' or #head < 9 then return false end
    local high, low = struct.unpack('>I4I4', version)
    local old_high, old_low = struct.unpack('>I4I4', head, 2)
    if old_high ~= high then return old_high > high end
    if old_low ~= low then return old_low > low end
    if refresh then return false end
    return redis.call('GETRANGE', item, 9, 8 + 8 * string.byte(head)) == generations
end

local function store(item, version, generations, bytes, milliseconds)
    redis.call('SET', item, string.char(#generations / 8) .. version .. generations .. bytes, 'PX', milliseconds)
end
