/// Turns texts into vectors whose dot product says how alike the texts are.
public protocol Embedder: Sendable {
    /// Names the model and its version. Vectors of different models must not be compared.
    var modelID: String { get }
    /// The length of every vector.
    var dimensions: Int { get }
    /// One vector for each text, in order: of unit length, or all zeros for a text in which the model knows nothing.
    func embed(_ texts: [String]) async throws -> [[Float]]
}

/// Arithmetic on vectors as stored and compared in search.
public enum VectorMath {
    /// The dot product; of the shorter length when lengths differ. For unit vectors this is the cosine.
    public static func dot(_ first: [Float], _ second: [Float]) -> Float {
        first.withUnsafeBufferPointer { first in
            second.withUnsafeBufferPointer { second in
                var sum = SIMD8<Float>.zero
                let count = min(first.count, second.count)
                var index = 0
                while index &+ 8 <= count {
                    var left = SIMD8<Float>.zero
                    var right = SIMD8<Float>.zero
                    for lane in 0..<8 {
                        left[lane] = first[index &+ lane]
                        right[lane] = second[index &+ lane]
                    }
                    sum += left * right
                    index &+= 8
                }
                var total = sum.sum()
                while index < count {
                    total += first[index] * second[index]
                    index &+= 1
                }
                return total
            }
        }
    }

    /// Scales to unit length. A zero vector, or one that is not finite, becomes zeros.
    public static func normalize(_ vector: inout [Float]) {
        var sum: Double = 0
        for value in vector { sum += Double(value) * Double(value) }
        guard sum > 0, sum.isFinite else {
            for index in vector.indices { vector[index] = 0 }
            return
        }
        let scale = 1 / sum.squareRoot()
        if scale <= Double(Float.greatestFiniteMagnitude) {
            let scale = Float(scale)
            for index in vector.indices { vector[index] *= scale }
        } else {
            // Of numbers so small the scale is beyond a float.
            for index in vector.indices { vector[index] = Float(Double(vector[index]) * scale) }
        }
    }

    /// Whether no component differs from zero: the model knew nothing of the text.
    public static func isZero(_ vector: [Float]) -> Bool { vector.allSatisfy { $0 == 0 } }
}

/// 256 sign bits of a vector: a code whose Hamming distance stands in for the angle when choosing candidates.
public enum SignCode {
    public static let bitCount = 256

    /// Bit i (first character is bit 0) is 1 where component i is positive. Components past the end are 0; those past 256 are folded in
    /// by adding component i + 256·j to component i with alternating sign, so that long vectors keep most of their angle.
    public static func bits(of vector: [Float]) -> [Bool] {
        var folded = [Float](repeating: 0, count: Self.bitCount)
        for (index, value) in vector.enumerated() {
            folded[index % Self.bitCount] += (index / Self.bitCount) % 2 == 0 ? value : -value
        }
        return folded.map { $0 > 0 }
    }

    /// The code as PostgreSQL's `bit(256)` text: 256 characters 0 or 1.
    public static func bitString(of vector: [Float]) -> String {
        String(decoding: Self.bits(of: vector).map { UInt8($0 ? 0x31 : 0x30) }, as: UTF8.self)
    }
}

/// A vector as bytes: a little-endian Float32 scale, then one signed byte a component. Loses under 1 % of the angle.
public enum QuantizedVector {
    public static func encode(_ vector: [Float]) -> [UInt8] {
        let largest = vector.reduce(Float(0)) { max($0, $1.isFinite ? abs($1) : 0) }
        let scale = largest / 127
        var bytes: [UInt8] = []
        bytes.reserveCapacity(vector.count + 4)
        let pattern = scale.bitPattern
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: pattern >> shift)) }
        for value in vector {
            let step = scale > 0 && value.isFinite ? (value / scale).rounded() : 0
            bytes.append(UInt8(bitPattern: Int8(max(-127, min(127, step)))))
        }
        return bytes
    }

    /// The vector, or nil where the bytes are not one.
    public static func decode(_ bytes: [UInt8]) -> [Float]? {
        guard bytes.count >= 4 else { return nil }
        var pattern: UInt32 = 0
        for index in 0..<4 { pattern |= UInt32(bytes[index]) << UInt32(8 * index) }
        let scale = Float(bitPattern: pattern)
        guard scale.isFinite, scale >= 0 else { return nil }
        return bytes[4...].map { Float(Int8(bitPattern: $0)) * scale }
    }
}
