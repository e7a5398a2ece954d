/// Puts units into clusters, the fullest names first, so that a short name finds the full ones that it may stand for.
struct ResolutionClusters {
    /// Each new member is compared with at most so many of a cluster's members.
    private static let comparedMembers = 48
    /// Units of one name that differ only by what people decided: so many are looked at.
    private static let unitsOfName = 32

    private let options: EntityResolver.Options
    private let source: ResolutionUnits
    private var tokens: TokenTable
    private var comparisons: [UInt64: NameComparison] = [:]
    private var alike: [[Int]]
    private var unitsOfName: [[Int]]
    private var isCrowded: [Bool]

    private(set) var members: [[Int]] = []
    private var evidence: [ContextEvidence] = []
    private(set) var clusterOfUnit: [Int]
    /// Pairs of units that were found alike and stand in different clusters, or did when the second was placed.
    private var open: [(left: Int, right: Int, score: Double)] = []

    init(_ source: ResolutionUnits, tokens: TokenTable, options: EntityResolver.Options) {
        self.source = source
        self.tokens = tokens
        self.options = options
        self.alike = Array(repeating: [], count: source.names.count)
        self.unitsOfName = Array(repeating: [], count: source.names.count)
        self.clusterOfUnit = Array(repeating: -1, count: source.units.count)
        let blocks = NameBlocks(source.names, tokens: tokens)
        self.isCrowded = blocks.isCrowded
        for (unit, value) in source.units.enumerated() {
            for name in value.names { self.unitsOfName[name].append(unit) }
        }
        for (left, right) in blocks.pairs where self.compare(left, right).score >= 0.75 {
            self.alike[left].append(right)
            self.alike[right].append(left)
        }
        for unit in self.order() { self.place(unit) }
    }

    /// Fullest names first; of equally full ones the more frequent, then the better written.
    private func order() -> [Int] {
        let ranks = self.source.units.map { unit in
            let names = unit.names.map { self.source.names[$0] }
            return (
                names.map(\.specificity).max() ?? 0, unit.count, names.map(\.letterCase.rawValue).max() ?? 0
            )
        }
        return self.source.units.indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] > ranks[$1] }
    }

    private mutating func place(_ unit: Int) {
        let found = self.clustersAlike(unit)
        let chosen = self.choose(unit, found)
        if let chosen {
            self.clusterOfUnit[unit] = chosen
            self.members[chosen].append(unit)
            self.evidence[chosen].formUnion(self.source.units[unit].evidence)
        } else {
            self.clusterOfUnit[unit] = self.members.count
            self.members.append([unit])
            self.evidence.append(self.source.units[unit].evidence)
        }
        for match in found where match.cluster != chosen && match.score >= self.options.review {
            self.open.append((unit, match.member, match.score))
        }
    }

    private struct Match {
        var cluster: Int
        var member: Int
        var score: Double
        var isPartial: Bool
        var mayJoin: Bool
    }

    /// The clusters with a member that is like the unit, the likest member of each; by falling score.
    private mutating func clustersAlike(_ unit: Int) -> [Match] {
        var best: [Int: Match] = [:]
        var seen: Set<Int> = []
        for name in self.source.units[unit].names {
            for other in [name] + self.alike[name] {
                for member in self.unitsOfName[other].prefix(Self.unitsOfName) where member != unit && self.clusterOfUnit[member] >= 0 {
                    guard seen.insert(member).inserted else { continue }
                    let pair = self.likeness(unit, member)
                    guard pair.score >= 0.75 else { continue }
                    let cluster = self.clusterOfUnit[member]
                    if let known = best[cluster], known.score > pair.score || known.score == pair.score && known.member < member {
                        continue
                    }
                    best[cluster] = Match(cluster: cluster, member: member, score: pair.score, isPartial: pair.isPartial, mayJoin: false)
                }
            }
        }
        var matches: [Match] = []
        for match in best.values.sorted(by: { $0.score == $1.score ? $0.cluster < $1.cluster : $0.score > $1.score }) {
            guard self.isCompatible(unit, match.cluster) else { continue }
            var match = match
            match.mayJoin = match.score >= self.options.autoMerge
            matches.append(match)
        }
        return matches
    }

    /// Complete link: no member of the cluster may speak against the unit, and no person may have.
    private mutating func isCompatible(_ unit: Int, _ cluster: Int) -> Bool {
        if self.source.different[unit].contains(where: { self.clusterOfUnit[$0] == cluster }) { return false }
        for member in self.members[cluster].prefix(Self.comparedMembers) where !self.likeness(unit, member).isCompatible { return false }
        return true
    }

    /// The one cluster that the unit belongs to, or nil when there is none, or several and nothing that decides between them.
    private func choose(_ unit: Int, _ matches: [Match]) -> Int? {
        let joinable = matches.filter(\.mayJoin)
        guard let first = joinable.first else { return nil }
        let isCrowded = first.isPartial && self.source.units[unit].names.contains { self.isCrowded[$0] }
        if joinable.count == 1, !isCrowded { return first.cluster }
        let supports = joinable.map { match in
            (cluster: match.cluster, value: self.source.units[unit].evidence.support(for: self.evidence[match.cluster]).value)
        }.sorted { $0.value == $1.value ? $0.cluster < $1.cluster : $0.value > $1.value }
        let second = supports.count > 1 ? supports[1].value : 0
        if supports[0].value >= 0.3, second <= supports[0].value / 2 { return supports[0].cluster }
        // The name itself decides when it is one of them and only resembles the others.
        if joinable.count > 1, first.score >= 0.98, joinable[1].score < 0.965 { return first.cluster }
        return nil
    }

    private mutating func compare(_ left: Int, _ right: Int) -> NameComparison {
        if left == right { return NameComparison(score: 1, reasons: .equal) }
        let pair = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
        if let known = self.comparisons[pair] { return known }
        let comparison = NameComparison(self.source.names[left], self.source.names[right], tokens: &self.tokens)
        // Most pairs of a block have nothing to do with each other: they are cheaper computed again than kept.
        if comparison.score >= 0.75 { self.comparisons[pair] = comparison }
        return comparison
    }

    /// The best of the units' names against each other, with what documents and neighbours say.
    private mutating func likeness(_ left: Int, _ right: Int) -> NameComparison {
        let first = self.source.units[left]
        let second = self.source.units[right]
        guard first.qualifiers == second.qualifiers else { return NameComparison(score: 0, reasons: .differentQualifiers) }
        var best: NameComparison?
        for name in first.names.prefix(8) {
            for other in second.names.prefix(8) {
                let comparison = self.compare(name, other)
                if let known = best, known.score > comparison.score || known.score == comparison.score && known.isCompatible { continue }
                best = comparison
            }
        }
        return (best ?? .conflict).weighed(first.evidence, second.evidence)
    }

    /// Pairs of clusters that a person should look at, the likest first; at most ``EntityResolver/Options/candidatesPerForm`` per form.
    func candidates() -> [(left: Int, right: Int, score: Double)] {
        var best: [UInt64: Double] = [:]
        for pair in self.open {
            let left = self.clusterOfUnit[pair.left]
            let right = self.clusterOfUnit[pair.right]
            guard left != right, !self.areToldApart(left, right) else { continue }
            let key = UInt64(min(left, right)) << 32 | UInt64(max(left, right))
            best[key] = max(best[key] ?? 0, pair.score)
        }
        let sorted = best.map { (left: Int($0.key >> 32), right: Int($0.key & 0xFFFF_FFFF), score: $0.value) }
            .sorted { $0.score == $1.score ? ($0.left, $0.right) < ($1.left, $1.right) : $0.score > $1.score }
        var taken = Array(repeating: 0, count: self.members.count)
        return sorted.filter { pair in
            guard max(taken[pair.left], taken[pair.right]) < self.options.candidatesPerEntity else { return false }
            taken[pair.left] += 1
            taken[pair.right] += 1
            return true
        }
    }

    private func areToldApart(_ left: Int, _ right: Int) -> Bool {
        let small = self.members[left].count < self.members[right].count ? left : right
        let large = small == left ? right : left
        return self.members[small].contains { unit in self.source.different[unit].contains { self.clusterOfUnit[$0] == large } }
    }
}

extension NameComparison {
    /// What documents and neighbours add: at most .1 to a likeness worth a look, and what they take from two spellings side by side.
    func weighed(_ left: ContextEvidence, _ right: ContextEvidence) -> NameComparison {
        guard self.score >= 0.75 else { return self }
        var result = self
        let support = left.support(for: right)
        if support.sharesDocument { result.reasons.insert(.sharedDocuments) }
        if support.sharesNeighbours { result.reasons.insert(.sharedContext) }
        if self.score >= 0.8, self.score < 0.99 { result.score = min(0.99, self.score + 0.1 * support.value) }
        if !self.isPartial, self.score < 0.97, left.isNamed(with: right) {
            result.score -= 0.05
            result.reasons.insert(.namedTogether)
        }
        if self.needsDocument, !support.sharesDocument, !support.sharesNeighbours, !left.documents.isEmpty, !right.documents.isEmpty {
            result.score = min(result.score, 0.88)
        }
        if self.isForReview { result.score = min(result.score, 0.91) }
        return result
    }
}
