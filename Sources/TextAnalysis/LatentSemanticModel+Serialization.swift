// Layout, little-endian throughout:
//
//   "FLSA"  version u32 = 1  latent dimensions u32  terms u32  documents u64  mean length f32
//   term hashes u64 …  document frequencies u32 …  weights f32 …  scales f32 …  projection i8 (terms × dimensions)
//   checksum u64 of all bytes before it
//
// When the layout, the tokenizer or the lexical part changes, raise the version: old vectors do not compare with new ones.
extension LatentSemanticModel {
    private static let magic: [UInt8] = Array("FLSA".utf8)
    private static let version: UInt32 = 1
    private static let headerSize = 28
    private static let bytesPerTerm = 20

    /// The model as bytes: about 20 + latent dimensions bytes a term, at most 9 MB.
    public func serialized() -> [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(Self.headerSize + self.scales.count * (Self.bytesPerTerm + self.latentDimensions) + 8)
        Self.append(Self.version, to: &bytes)
        Self.append(UInt32(truncatingIfNeeded: self.latentDimensions), to: &bytes)
        Self.append(UInt32(truncatingIfNeeded: self.scales.count), to: &bytes)
        Self.append(UInt64(truncatingIfNeeded: self.documentCount), to: &bytes)
        Self.append(self.averageLength.bitPattern, to: &bytes)
        for hash in self.rows.hashes { Self.append(hash, to: &bytes) }
        for frequency in self.documentFrequencies { Self.append(frequency, to: &bytes) }
        for weight in self.weights { Self.append(weight.bitPattern, to: &bytes) }
        for scale in self.scales { Self.append(scale.bitPattern, to: &bytes) }
        for value in self.projection { bytes.append(UInt8(bitPattern: value)) }
        Self.append(Self.checksum(bytes[...]), to: &bytes)
        return bytes
    }

    /// Reads what ``serialized()`` wrote; gives the same vectors bit for bit.
    ///
    /// Never traps: bytes cut short, altered or made up are refused.
    public init(serialized bytes: [UInt8]) throws(EmbeddingModelError) {
        guard bytes.count >= 4, bytes.starts(with: Self.magic) else { throw EmbeddingModelError(.notAModel) }
        guard bytes.count >= Self.headerSize + 8 else { throw EmbeddingModelError(.damaged) }
        var reader = ByteReader(bytes: bytes, offset: 4)
        guard reader.u32() == Self.version else { throw EmbeddingModelError(.unsupportedVersion) }
        let dimensions = Int(reader.u32())
        let terms = Int(reader.u32())
        let documents = reader.u64()
        let averageLength = Float(bitPattern: reader.u32())
        // Both factors are below 2^32, so the product fits in 64 bits unless it is nonsense.
        guard dimensions > 0, dimensions <= 65_536, terms >= 1, terms <= 1 << 26,
            bytes.count == Self.headerSize + terms * (Self.bytesPerTerm + dimensions) + 8, documents <= UInt64(Int32.max),
            averageLength.isFinite
        else { throw EmbeddingModelError(.damaged) }
        var trailer = ByteReader(bytes: bytes, offset: bytes.count - 8)
        guard trailer.u64() == Self.checksum(bytes.dropLast(8)) else { throw EmbeddingModelError(.damaged) }
        let hashes = (0..<terms).map { _ in reader.u64() }
        let frequencies = (0..<terms).map { _ in reader.u32() }
        let weights = (0..<terms).map { _ in Float(bitPattern: reader.u32()) }
        let scales = (0..<terms).map { _ in Float(bitPattern: reader.u32()) }
        guard weights.allSatisfy(\.isFinite), scales.allSatisfy(\.isFinite) else { throw EmbeddingModelError(.damaged) }
        let projection = bytes[reader.offset..<bytes.count - 8].map { Int8(bitPattern: $0) }
        self.init(
            latentDimensions: dimensions, documentCount: Int(documents), averageLength: averageLength, hashes: hashes,
            documentFrequencies: frequencies, weights: weights, scales: scales, projection: projection)
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift))) }
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBufferPointer { buffer in
            var hash = Hash64()
            for byte in buffer { hash.combine(byte) }
            return hash.value
        }
    }
}

/// Reads integers in order. The caller has checked that they are there.
private struct ByteReader {
    let bytes: [UInt8]
    var offset: Int

    mutating func u32() -> UInt32 {
        var value: UInt32 = 0
        for index in 0..<4 { value |= UInt32(self.bytes[self.offset + index]) << UInt32(8 * index) }
        self.offset += 4
        return value
    }

    mutating func u64() -> UInt64 {
        let low = self.u32()
        return UInt64(self.u32()) << 32 | UInt64(low)
    }
}
