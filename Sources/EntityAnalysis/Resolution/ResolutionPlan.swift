/// How stored entities become those of a new resolution, with as little change as possible. A pure value.
///
/// An entity lives on in the cluster that has most of its mentions; where two entities meet in one cluster, the one that brings more
/// mentions lives on and the other is merged into it.
package struct ResolutionPlan: Sendable, Equatable {
    /// A form as it is stored.
    package struct Form: Sendable {
        package var id: Int64
        package var entity: Int64?
        package var mentions: Int

        package init(id: Int64, entity: Int64?, mentions: Int) {
            self.id = id
            self.entity = entity
            self.mentions = mentions
        }
    }

    /// The stored entity of each cluster; nil where a new one is needed.
    package private(set) var entities: [Int64?]
    /// Entities that lost all their forms, and the cluster that most of their mentions went to.
    package private(set) var merged: [Int64: Int] = [:]

    /// - Parameter clusters: indices of `forms`; every form is in one.
    package init(forms: [Form], clusters: [[Int]]) {
        self.entities = Array(repeating: nil, count: clusters.count)
        var overlaps: [Overlap] = []
        for (cluster, members) in clusters.enumerated() {
            var shared: [Int64: (mentions: Int, forms: Int)] = [:]
            for member in members {
                guard let entity = forms[member].entity else { continue }
                shared[entity, default: (0, 0)].mentions += forms[member].mentions
                shared[entity, default: (0, 0)].forms += 1
            }
            overlaps += shared.map {
                Overlap(mentions: $0.value.mentions, forms: $0.value.forms, entity: $0.key, cluster: cluster)
            }
        }
        overlaps.sort { $0.precedes($1) }
        var living: Set<Int64> = []
        for overlap in overlaps where self.entities[overlap.cluster] == nil && !living.contains(overlap.entity) {
            self.entities[overlap.cluster] = overlap.entity
            living.insert(overlap.entity)
        }
        for overlap in overlaps where !living.contains(overlap.entity) && self.merged[overlap.entity] == nil {
            self.merged[overlap.entity] = overlap.cluster
        }
    }

    private struct Overlap {
        let mentions: Int
        let forms: Int
        let entity: Int64
        let cluster: Int

        func precedes(_ other: Self) -> Bool {
            if self.mentions != other.mentions { return self.mentions > other.mentions }
            if self.forms != other.forms { return self.forms > other.forms }
            return self.entity != other.entity ? self.entity < other.entity : self.cluster < other.cluster
        }
    }
}
