// What the cache costs inside a process. See README.md for how to read it.
let chosen = Set(CommandLine.arguments.dropFirst())
func isChosen(_ name: String) -> Bool { chosen.isEmpty || chosen.contains(name) }

if isChosen("hit-ratio") { HitRatio.run() }
if isChosen("latency") { await Latency.run() }
if isChosen("statistics") { await StatisticsCost.run() }
if isChosen("entries") { try EntryCost.run() }
