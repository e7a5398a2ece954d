/// What the header of a stored entry says, for people: nothing in it is checked against the value.
public struct EntryFacts: Sendable, Hashable {
    /// The knowledge that there is no value.
    public let isAbsence: Bool
    public let isCompressed: Bool
    /// The id of the key of encryption; nil in the clear.
    public let keyID: String?
    /// Of the value, before it was compressed; bytes.
    public let rawBytes: Int
    /// Milliseconds since 1970.
    public let createdMilliseconds: Int64
    public let freshUntilMilliseconds: Int64
    public let endsMilliseconds: Int64
    /// What it took to make.
    public let load: Duration
    public let schema: UInt32
    public let version: UInt64

    /// Nil for what is no entry.
    public init?(reading bytes: [UInt8]) {
        let header: EntryHeader
        do throws(EntryHeader.Unreadable) {
            header = try EntryHeader(reading: bytes)
        } catch {
            return nil
        }
        self.isAbsence = header.flags.contains(.absent)
        self.isCompressed = header.flags.contains(.compressed)
        self.keyID = header.flags.contains(.encrypted) ? header.keyID : nil
        self.rawBytes = Int(header.rawLength)
        self.createdMilliseconds = header.createdMilliseconds
        self.freshUntilMilliseconds = header.freshUntilMilliseconds
        self.endsMilliseconds = header.endsMilliseconds
        self.load = .nanoseconds(header.loadNanoseconds)
        self.schema = header.schema
        self.version = header.version
    }
}
