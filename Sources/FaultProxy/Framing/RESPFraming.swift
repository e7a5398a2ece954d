/// Requests and replies of Redis.
///
/// Messages that the server pushes by itself (RESP3) are no replies. A subscription in RESP2 cannot be told from replies.
struct RESPFraming: Framing {
    private var requests = RESPScanner(allowsInline: true)
    private var replies = RESPScanner(allowsInline: false)

    var tellsReplies: Bool { !self.requests.isLost && !self.replies.isLost }
    mutating func request(_ bytes: ArraySlice<UInt8>) -> FramePiece { self.requests.scan(bytes) }
    mutating func reply(_ bytes: ArraySlice<UInt8>) -> FramePiece { self.replies.scan(bytes) }
}

/// Finds the ends of top-level values in a stream of RESP.
struct RESPScanner {
    private enum State {
        /// A value begins.
        case type
        /// A line without a length follows, or the rest of one.
        case line
        /// The line of a length, so far.
        case length(UInt8, Int, isNegative: Bool)
        /// So many bytes of a string, and those of its CRLF.
        case skip(Int)
    }

    private let allowsInline: Bool
    private var state = State.type
    /// Values that must still end before the top-level one does.
    private var open = 1
    private var isPush = false
    /// It is not RESP, or an absurd length: no end is ever found again.
    private(set) var isLost = false

    init(allowsInline: Bool) { self.allowsInline = allowsInline }

    mutating func scan(_ bytes: ArraySlice<UInt8>) -> FramePiece {
        var index = bytes.startIndex
        while index < bytes.endIndex, !self.isLost {
            if case .skip(let left) = self.state {
                let taken = min(left, bytes.endIndex - index)
                index += taken
                self.state = .skip(left - taken)
                if taken == left, self.endValue() { return FramePiece(count: index - bytes.startIndex, isEnd: self.endTop()) }
                continue
            }
            let ends = self.take(bytes[index])
            index += 1
            if ends { return FramePiece(count: index - bytes.startIndex, isEnd: self.endTop()) }
        }
        return FramePiece(count: bytes.count, isEnd: false)
    }

    /// Returns whether the top-level value ended.
    private mutating func take(_ byte: UInt8) -> Bool {
        switch self.state {
        case .type:
            switch byte {
            case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "~"), UInt8(ascii: "%"),
                UInt8(ascii: ">"), UInt8(ascii: "|"):
                self.isPush = self.isPush || byte == UInt8(ascii: ">")
                self.state = .length(byte, 0, isNegative: false)
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "#"), UInt8(ascii: "_"),
                UInt8(ascii: "("):
                self.state = .line
            case UInt8(ascii: "\n") where self.allowsInline, UInt8(ascii: "\r") where self.allowsInline: break
            default:
                self.state = .line
                self.isLost = !self.allowsInline
            }
        case .line:
            if byte == UInt8(ascii: "\n") { return self.endValue() }
        case .length(let type, let length, let isNegative):
            return self.lengthByte(byte, type, length, isNegative)
        case .skip: break
        }
        return false
    }

    private mutating func lengthByte(_ byte: UInt8, _ type: UInt8, _ length: Int, _ isNegative: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "-"): self.state = .length(type, length, isNegative: true)
        case UInt8(ascii: "0")...UInt8(ascii: "9") where length < 1 << 40:
            self.state = .length(type, length * 10 + Int(byte - UInt8(ascii: "0")), isNegative: isNegative)
        case UInt8(ascii: "\r"): break
        case UInt8(ascii: "\n"):
            // Null has the length -1.
            if isNegative { return self.endValue() }
            switch type {
            case UInt8(ascii: "$"), UInt8(ascii: "!"), UInt8(ascii: "="): self.state = .skip(length + 2)
            case UInt8(ascii: "%"):
                self.open += 2 * length
                return self.endValue()
            case UInt8(ascii: "|"):
                // What it is about follows it.
                self.open += 2 * length
                self.state = .type
            default:
                self.open += length
                return self.endValue()
            }
        default: self.isLost = true
        }
        return false
    }

    private mutating func endValue() -> Bool {
        self.state = .type
        self.open -= 1
        return self.open == 0
    }

    private mutating func endTop() -> Bool {
        defer { self.isPush = false }
        self.open = 1
        return !self.isPush
    }
}
