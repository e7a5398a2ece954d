-- shrink: find an account's oldest members that must go for it to hold no more than so much; `evict` then removes them.
-- KEYS[1] accounts  ZSET  KEYS[2] [3] [4] order, sizes and walk of the account
-- ARGV[1] bytes it may hold   ARGV[2] at most so many members
-- Returns the members, each with its place in the order. Those that have ended are taken out first, up to 1,000, and make room too.
-- @include fragment_account
local account = account_at(2)
sweep(account, 1000)
return over(account, tonumber(ARGV[1]), tonumber(ARGV[2]))
