internal import Glibc
internal import PostgresClient

/// One column of an array statement, written as PostgreSQL's binary array while a batch is walked once.
///
/// ```
/// int32 dimensions · int32 has NULLs · oid of the elements · int32 count · int32 lower bound · elements: int32 length, bytes
/// ```
struct Column: PostgresEncodable {
    /// What the elements are: their type's object identifier and that of their array.
    struct Kind: Sendable {
        let element: UInt32
        let array: UInt32
        static let text = Kind(element: 25, array: 1_009)
        static let bytes = Kind(element: 17, array: 1_001)
        static let uuid = Kind(element: 2_950, array: 2_951)
        static let integer = Kind(element: 23, array: 1_007)
        static let bigint = Kind(element: 20, array: 1_016)
        static let boolean = Kind(element: 16, array: 1_000)
    }

    static var postgresType: UInt32 { 0 }

    private let kind: Kind
    private var content: [UInt8] = []
    private var count: UInt32 = 0
    private var hasNull = false
    private static let headerBytes = 20

    /// - Parameters:
    ///   - rows: about how many follow.
    ///   - width: about how many bytes each has.
    init(_ kind: Kind, rows: Int, width: Int) {
        self.kind = kind
        self.content.reserveCapacity(Self.headerBytes + rows * (4 + width))
        self.content.append(contentsOf: repeatElement(0, count: Self.headerBytes))
    }

    /// Appends text, with U+FFFD for each NUL.
    mutating func append(_ text: String) {
        let isStorable = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard let start = utf8.baseAddress, !utf8.isEmpty else {
                self.append(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
                return true
            }
            guard memchr(start, 0, utf8.count) == nil else { return false }
            self.append(bytes: UnsafeRawBufferPointer(utf8))
            return true
        }
        if isStorable == true { return }
        var storable = Storable.text(text)
        storable.withUTF8 { self.append(bytes: UnsafeRawBufferPointer($0)) }
    }

    mutating func append(_ text: String?) {
        if let text { self.append(text) } else { self.appendNull() }
    }

    mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { self.append(bytes: $0) }
    }

    mutating func append(_ uuid: PostgresUUID) {
        self.begin(length: 16)
        self.append(number: uuid.high)
        self.append(number: uuid.low)
    }

    mutating func append(_ value: Int64) {
        self.begin(length: 8)
        self.append(number: UInt64(bitPattern: value))
    }

    mutating func append(_ value: Int32) {
        self.begin(length: 4)
        self.append(number: UInt32(bitPattern: value))
    }

    mutating func append(_ flag: Bool) {
        self.begin(length: 1)
        self.content.append(flag ? 1 : 0)
    }

    mutating func appendNull() {
        self.hasNull = true
        self.begin(length: .max)
    }

    private mutating func append(bytes: UnsafeRawBufferPointer) {
        self.begin(length: UInt32(clamping: bytes.count))
        self.content.append(contentsOf: bytes)
    }

    private mutating func begin(length: UInt32) {
        self.count += 1
        self.append(number: length)
    }

    private mutating func append(number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { self.content.append(contentsOf: $0) }
    }

    var postgresParameter: PostgresParameter {
        var bytes = self.content
        // An empty array has no dimension at all.
        let header: [UInt32] = self.count == 0 ? [0, 0, self.kind.element] : [1, self.hasNull ? 1 : 0, self.kind.element, self.count, 1]
        if self.count == 0 { bytes.removeLast(8) }
        for (index, number) in header.enumerated() {
            for offset in 0..<4 { bytes[index * 4 + offset] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * offset)) }
        }
        return PostgresParameter(type: self.kind.array, bytes: bytes)
    }
}
