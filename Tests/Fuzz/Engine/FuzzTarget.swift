/// A parser under test: where its inputs come from and what must hold for every one of them.
struct FuzzTarget: Sendable {
    /// Runs one input. An error is a polite refusal, except ``BrokenPromise``, which is a defect. The random numbers follow from the input's
    /// index, for choices such as where a stream is cut.
    typealias Run = ([UInt8], inout FuzzRandom) throws -> Void

    /// How long an input takes is measured by this.
    enum Clock: Sendable {
        /// The processor time of the thread: neighbours on the machine do not count.
        case thread
        /// The time that passes: for targets whose work is done by other threads.
        case wall
    }

    let name: String
    /// The inputs asked for are divided by this: slow formats get fewer.
    let cost: Int
    let clock: Clock
    /// Inputs are cut to so many bytes.
    let maximumBytes: Int
    /// Pieces of the format that byte flips would not find.
    let dictionary: [String]
    /// Valid inputs, tried as they are and then mutated.
    let corpus: @Sendable () -> [[UInt8]]
    /// Makes inputs that are nearly valid; half of all inputs when there is one.
    let grammar: (@Sendable (inout FuzzRandom) -> [UInt8])?
    /// Called once in the process that runs the inputs.
    let prepare: @Sendable () throws -> Run

    init(
        _ name: String, cost: Int = 1, clock: Clock = .thread, maximumBytes: Int = 4096, dictionary: [String] = [],
        corpus: @escaping @Sendable () -> [[UInt8]], grammar: (@Sendable (inout FuzzRandom) -> [UInt8])? = nil,
        prepare: @escaping @Sendable () throws -> Run
    ) {
        self.name = name
        self.cost = cost
        self.clock = clock
        self.maximumBytes = maximumBytes
        self.dictionary = dictionary
        self.corpus = corpus
        self.grammar = grammar
        self.prepare = prepare
    }

    /// A target that needs no preparation, with a corpus of texts.
    init(
        _ name: String, cost: Int = 1, maximumBytes: Int = 4096, dictionary: [String] = [], texts: [String],
        grammar: (@Sendable (inout FuzzRandom) -> [UInt8])? = nil, run: @escaping @Sendable ([UInt8], inout FuzzRandom) throws -> Void
    ) {
        self.init(
            name, cost: cost, maximumBytes: maximumBytes, dictionary: dictionary, corpus: { texts.map { Array($0.utf8) } },
            grammar: grammar, prepare: { run })
    }
}

/// A property did not hold.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Throws a ``BrokenPromise`` unless `condition` holds.
func promise(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(BrokenPromise) {
    if !condition { throw BrokenPromise(sentence()) }
}
