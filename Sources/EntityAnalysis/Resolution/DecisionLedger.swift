/// What people decided about the names of a scope, in the order in which they did.
package struct DecisionLedger: Sendable {
    package enum Kind: String, Sendable { case same, different }

    package struct Decision: Sendable {
        package var kind: Kind
        package var left: [NameKey]
        package var right: [NameKey]

        package init(kind: Kind, left: [NameKey], right: [NameKey]) {
            self.kind = kind
            self.left = left
            self.right = right
        }
    }

    /// Oldest first.
    package var decisions: [Decision]

    package init(decisions: [Decision] = []) {
        self.decisions = decisions
    }

    /// All names that a decision speaks of.
    package var names: Set<NameKey> { Set(self.decisions.flatMap { $0.left + $0.right }) }

    /// The decisions as pairs of `forms`, free of contradictions: the newest wins, with all that follows from it. Names that are not among
    /// `forms` are left out, and count again as soon as a document has them.
    package func pairs(among forms: [NameKey]) -> ResolutionDecisions {
        let places = Dictionary(forms.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        var groups = Groups(count: forms.count)
        var result = ResolutionDecisions()
        for decision in self.decisions.reversed() {
            let left = decision.left.compactMap { places[$0] }
            let right = decision.right.compactMap { places[$0] }
            switch decision.kind {
            case .same:
                let all = left + right
                for other in all.dropFirst() where groups.join(all[0], other) { result.same.append(.init(all[0], other)) }
            case .different:
                for one in left {
                    for other in right where groups.separate(one, other) { result.different.append(.init(one, other)) }
                }
            }
        }
        return result
    }

    /// Which forms are known to be one and which are known not to be.
    private struct Groups {
        private var parents: [Int]
        /// Roots of groups that must stay apart, by root.
        private var apart: [Int: Set<Int>] = [:]

        init(count: Int) { self.parents = Array(0..<count) }

        private mutating func root(_ form: Int) -> Int {
            var form = form
            while self.parents[form] != form {
                self.parents[form] = self.parents[self.parents[form]]
                form = self.parents[form]
            }
            return form
        }

        /// False when something newer keeps them apart.
        mutating func join(_ left: Int, _ right: Int) -> Bool {
            let (left, right) = (self.root(left), self.root(right))
            if left == right { return true }
            if self.apart[left]?.contains(right) == true { return false }
            self.parents[right] = left
            for other in self.apart.removeValue(forKey: right) ?? [] {
                self.apart[other]?.remove(right)
                self.apart[other, default: []].insert(left)
                self.apart[left, default: []].insert(other)
            }
            return true
        }

        /// False when something newer makes them one.
        mutating func separate(_ left: Int, _ right: Int) -> Bool {
            let (left, right) = (self.root(left), self.root(right))
            guard left != right else { return false }
            self.apart[left, default: []].insert(right)
            self.apart[right, default: []].insert(left)
            return true
        }
    }
}
