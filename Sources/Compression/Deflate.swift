import CZlib

/// Packs `bytes`.
///
/// - Parameter level: from 1, the fastest, to 9, the smallest; zlib's own choice is 6.
public func deflated(_ bytes: [UInt8], format: CompressionFormat, level: Int = 6) throws(CompressionError) -> [UInt8] {
    precondition((1...9).contains(level), "zlib has the levels 1 to 9")
    var stream = z_stream()
    guard
        deflateInit2_(
            &stream, Int32(level), Z_DEFLATED, format.windowBits, 8, Z_DEFAULT_STRATEGY, zlibVersion(),
            Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw CompressionError(.outOfMemory, "zlib cannot start") }
    defer { deflateEnd(&stream) }
    guard bytes.count < Int(UInt32.max) / 2 else { throw CompressionError(.tooLarge, "more than 2 GiB to pack at once") }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 32)
    let status = bytes.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBufferPointer { space in
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            stream.next_out = space.baseAddress
            stream.avail_out = UInt32(space.count)
            return deflate(&stream, Z_FINISH)
        }
    }
    guard status == Z_STREAM_END else { throw CompressionError(.corrupt, "zlib could not finish the stream") }
    output.removeLast(Int(stream.avail_out))
    return output
}

/// The CRC-32 of ZIP and gzip over `bytes`, continuing from `seed`.
public func checksum(_ bytes: UnsafeRawBufferPointer, continuing seed: UInt32 = 0) -> UInt32 {
    var result = UInt(seed)
    var rest = bytes[...]
    while !rest.isEmpty {
        let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
        result = crc32(result, piece.bindMemory(to: UInt8.self).baseAddress, UInt32(piece.count))
        rest = rest.dropFirst(piece.count)
    }
    return UInt32(truncatingIfNeeded: result)
}
