/// One way in which the documents of a job name something: equal type and normal form are one name form, however often it occurs.
public struct NameForm: Sendable, Hashable {
    public var type: EntityType
    /// As the mentions' ``EntityMention/normal``.
    public var name: String
    /// How often it occurs, in all documents together.
    public var count: Int
    /// Documents that it occurs in, by any stable name.
    public var documents: Set<String>
    /// Normal forms of what is named in the same sentences or next to it; evidence when names alone do not decide.
    public var context: Set<String>
    /// Keeps equal names apart where a person said that they are two: forms with different qualifiers are different forms.
    public var qualifier: String

    public init(
        type: EntityType, name: String, count: Int = 1, documents: Set<String> = [], context: Set<String> = [], qualifier: String = ""
    ) {
        self.type = type
        self.name = name
        self.count = count
        self.documents = documents
        self.context = context
        self.qualifier = qualifier
    }
}

/// What people decided about name forms, by their indices. It goes before anything that the machine concludes.
public struct ResolutionDecisions: Sendable, Hashable {
    /// Pairs that are one entity.
    public var same: [Pair]
    /// Pairs that are not, whatever their names say.
    public var different: [Pair]

    public struct Pair: Sendable, Hashable {
        public var left: Int
        public var right: Int

        public init(_ left: Int, _ right: Int) {
            self.left = left
            self.right = right
        }
    }

    public init(same: [Pair] = [], different: [Pair] = []) {
        self.same = same
        self.different = different
    }
}

/// Which name forms mean the same thing.
public struct Resolution: Sendable, Hashable {
    /// Every form belongs to exactly one.
    public var clusters: [Cluster]
    /// Pairs of clusters that may be the same, which a person should look at; by their indices in ``clusters``.
    public var candidates: [Candidate]

    public struct Cluster: Sendable, Hashable {
        public var type: EntityType
        /// The name to show: the fullest of the frequent ones.
        public var name: String
        /// Indices of the forms, ascending.
        public var forms: [Int]

        public init(type: EntityType, name: String, forms: [Int]) {
            self.type = type
            self.name = name
            self.forms = forms
        }
    }

    public struct Candidate: Sendable, Hashable {
        public var left: Int
        public var right: Int
        /// 0 to 1.
        public var score: Double

        public init(left: Int, right: Int, score: Double) {
            self.left = left
            self.right = right
            self.score = score
        }
    }

    public init(clusters: [Cluster], candidates: [Candidate] = []) {
        self.clusters = clusters
        self.candidates = candidates
    }
}
