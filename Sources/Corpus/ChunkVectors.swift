public import JSONText

/// Output of the stage `index`: a vector for each chunk, in the chunks' order.
public struct ChunkVectors: CorpusValue {
    /// Names the space: vectors of different models must not be compared.
    public var modelID: String
    public var dimensions: Int
    /// Each of `dimensions` numbers.
    public var vectors: [[Float]]

    public init(modelID: String, dimensions: Int, vectors: [[Float]]) {
        self.modelID = modelID
        self.dimensions = dimensions
        self.vectors = vectors
    }

    /// Vectors are little-endian 32-bit floats in hexadecimal: exact, and a third of their decimal form.
    public var json: JSONValue {
        [
            "model": .string(self.modelID), "dimensions": .count(self.dimensions),
            "vectors": .array(self.vectors.map { .string(Self.hexadecimal($0)) }),
        ]
    }

    public init(json: JSONValue) throws(CorpusError) {
        let dimensions = try json.count("dimensions")
        self.init(
            modelID: try json.text("model"), dimensions: dimensions,
            vectors: try json.list("vectors") { value throws(CorpusError) in
                guard let vector = value.string.flatMap(Self.vector), vector.count == dimensions else {
                    throw CorpusError("a vector has not \(dimensions) numbers")
                }
                return vector
            })
    }

    private static func hexadecimal(_ vector: [Float]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(vector.count * 8)
        for number in vector {
            let bits = number.bitPattern
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                let byte = Int(bits >> shift & 0xFF)
                text.append(digits[byte >> 4])
                text.append(digits[byte & 15])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func vector(_ text: String) -> [Float]? {
        let bytes = Array(text.utf8)
        guard bytes.count % 8 == 0 else { return nil }
        var vector: [Float] = []
        vector.reserveCapacity(bytes.count / 8)
        for start in stride(from: 0, to: bytes.count, by: 8) {
            var bits: UInt32 = 0
            for index in 0..<8 {
                let digit: UInt32
                switch bytes[start + index] {
                case let byte where byte >= 0x30 && byte <= 0x39: digit = UInt32(byte) - 0x30
                case let byte where byte >= 0x61 && byte <= 0x66: digit = UInt32(byte) - 0x61 + 10
                default: return nil
                }
                // Byte index / 2, its high digit first.
                bits |= digit << UInt32(index / 2 * 8 + (index % 2 == 0 ? 4 : 0))
            }
            vector.append(Float(bitPattern: bits))
        }
        return vector
    }
}
