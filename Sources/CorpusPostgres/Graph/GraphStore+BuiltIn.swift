internal import EntityAnalysis

extension GraphStore {
    /// Equal names are one, and what people decided.
    static let builtIn: Resolve = { forms, decisions in
        var parents = Array(forms.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index { index = parents[index] }
            return index
        }
        var seen: [[String]: Int] = [:]
        for (index, form) in forms.enumerated() {
            let key = [form.type.rawValue, form.name.lowercased(), form.qualifier]
            if let first = seen[key] { parents[root(index)] = root(first) } else { seen[key] = index }
        }
        for pair in decisions.same { parents[root(pair.right)] = root(pair.left) }
        let groups = Dictionary(grouping: forms.indices) { root($0) }
        return Resolution(
            clusters: groups.values.map(\.self).sorted { $0[0] < $1[0] }.map { members in
                let best = members.max { (forms[$0].count, forms[$1].name) < (forms[$1].count, forms[$0].name) } ?? members[0]
                return Resolution.Cluster(type: forms[best].type, name: forms[best].name, forms: members)
            })
    }
}
