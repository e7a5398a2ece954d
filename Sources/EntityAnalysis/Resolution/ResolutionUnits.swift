/// Forms that are taken as one from the start: equal names, and what people decided to be the same.
struct ResolutionUnits {
    struct Unit {
        var type: EntityType
        /// Positions of the forms in their order by content.
        var forms: [Int]
        /// Indices of the names, distinct.
        var names: [Int]
        var qualifiers: Set<String>
        var evidence: ContextEvidence
        var count: Int
    }

    private(set) var units: [Unit] = []
    private(set) var names: [ParsedName] = []
    /// For each form the unit that it is in.
    private(set) var unitOfForm: [Int] = []
    private(set) var nameOfForm: [Int] = []
    /// For each unit those that people told apart from it.
    private(set) var different: [Set<Int>] = []

    /// - Parameters:
    ///   - forms: in an order that depends on their content only.
    ///   - decisions: by positions in `forms`; pairs out of range or of one form are ignored.
    init(_ forms: [NameForm], same: [(Int, Int)], different: [(Int, Int)], tokens: inout TokenTable) {
        let group = self.groupByName(forms, different: different, tokens: &tokens)
        // A union-find of groups, each with what it must not be joined with.
        var parent = Array(0..<group.count)
        func root(_ index: Int) -> Int {
            var index = index
            while parent[index] != index {
                parent[index] = parent[parent[index]]
                index = parent[index]
            }
            return index
        }
        var apart: [Set<Int>] = Array(repeating: [], count: group.count)
        for (left, right) in different {
            apart[group.of[left]].insert(group.of[right])
            apart[group.of[right]].insert(group.of[left])
        }
        for (left, right) in same.sorted(by: <) {
            let first = root(group.of[left])
            let second = root(group.of[right])
            // Where decisions contradict each other, those that tell apart go before.
            guard first != second, !apart[first].contains(where: { root($0) == second }) else { continue }
            parent[max(first, second)] = min(first, second)
            apart[min(first, second)].formUnion(apart[max(first, second)])
        }
        self.collect(forms, unitOf: group.of.map(root))
        self.different = Array(repeating: [], count: self.units.count)
        for (left, right) in different {
            self.different[self.unitOfForm[left]].insert(self.unitOfForm[right])
            self.different[self.unitOfForm[right]].insert(self.unitOfForm[left])
        }
    }

    private mutating func groupByName(
        _ forms: [NameForm], different: [(Int, Int)], tokens: inout TokenTable
    ) -> (of: [Int], count: Int) {
        var nameIDs: [String: Int] = [:]
        for form in forms {
            let parsed = ParsedName(form.name, type: form.type, tokens: &tokens)
            let key = "\(form.type.rawValue) \(parsed.key)"
            if let known = nameIDs[key] {
                self.nameOfForm.append(known)
                // Of equal names the best written one is kept: capitals tell an acronym from a word.
                if parsed.letterCase.rawValue > self.names[known].letterCase.rawValue, parsed.letterCase == .upper {
                    self.names[known] = parsed
                }
            } else {
                nameIDs[key] = self.names.count
                self.nameOfForm.append(self.names.count)
                self.names.append(parsed)
            }
        }
        // Equal names which people told apart stand for themselves.
        var single: Set<Int> = []
        for (left, right) in different
        where self.nameOfForm[left] == self.nameOfForm[right] && forms[left].qualifier == forms[right].qualifier {
            single.insert(left)
            single.insert(right)
        }
        var groups: [String: Int] = [:]
        var count = 0
        var of: [Int] = []
        for (index, form) in forms.enumerated() {
            if single.contains(index) {
                of.append(count)
                count += 1
                continue
            }
            let key = "\(self.nameOfForm[index]) \(form.qualifier)"
            if let known = groups[key] {
                of.append(known)
            } else {
                groups[key] = count
                of.append(count)
                count += 1
            }
        }
        return (of, count)
    }

    private mutating func collect(_ forms: [NameForm], unitOf: [Int]) {
        var numbers: [Int: Int] = [:]
        var documents: [String: Int32] = [:]
        var neighbours: [String: Int32] = [:]
        func number(_ text: String, _ table: inout [String: Int32]) -> Int32 {
            if let known = table[text] { return known }
            let new = Int32(table.count)
            table[text] = new
            return new
        }
        var all: [(documents: Set<Int32>, neighbours: Set<Int32>)] = []
        for (index, form) in forms.enumerated() {
            let unit = numbers[unitOf[index]] ?? self.units.count
            if unit == self.units.count {
                numbers[unitOf[index]] = unit
                self.units.append(Unit(type: form.type, forms: [], names: [], qualifiers: [], evidence: .init(), count: 0))
                all.append(([], []))
            }
            self.unitOfForm.append(unit)
            self.units[unit].forms.append(index)
            if !self.units[unit].names.contains(self.nameOfForm[index]) { self.units[unit].names.append(self.nameOfForm[index]) }
            self.units[unit].qualifiers.insert(form.qualifier)
            let sum = self.units[unit].count.addingReportingOverflow(max(0, form.count))
            self.units[unit].count = sum.overflow ? .max : sum.partialValue
            self.units[unit].evidence.own.insert(number(form.name, &neighbours))
            for document in form.documents { all[unit].documents.insert(number(document, &documents)) }
            for neighbour in form.context { all[unit].neighbours.insert(number(neighbour, &neighbours)) }
        }
        for unit in self.units.indices {
            self.units[unit].evidence.documents = all[unit].documents.sorted()
            self.units[unit].evidence.neighbours = all[unit].neighbours.sorted()
        }
    }
}
