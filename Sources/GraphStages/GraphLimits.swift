/// What the graph keeps of one document.
public struct GraphLimits: Sendable, Hashable {
    /// Mentions; a document that has more is partial, and the first ones are kept.
    public var mentions = 50_000
    /// Statements about two mentions, counted likewise.
    public var relations = 50_000
    /// UTF-8 bytes of a mention's text, and of its normal form; longer ones are cut.
    public var nameBytes = 512
    /// UTF-8 bytes of text that are looked through at once.
    public var windowBytes = 4 << 20
    /// Other names kept with each name, for telling people of one name apart.
    public var contextNames = 8

    public init() {}

    /// All of them, in a fixed order.
    var text: String { "\(self.mentions) \(self.relations) \(self.nameBytes) \(self.windowBytes) \(self.contextNames)" }
}
