import CZlib

/// Unpacks one deflate stream piece by piece, and counts what really comes out.
///
/// The cap is on inflated bytes, not on what a header promises: headers lie.
public struct Inflater: ~Copyable {
    // zlib keeps a pointer back to the stream, so it needs an address of its own.
    private let stream: UnsafeMutablePointer<z_stream>
    private let maximumOutput: Int
    private var buffer: [UInt8]
    /// Bytes that came out so far.
    public private(set) var produced = 0
    /// Whether the end of the stream was reached; input after it is ignored.
    public private(set) var isFinished = false

    /// - Parameter maximumOutput: bytes; one more throws ``CompressionError/Code/tooLarge``.
    public init(format: CompressionFormat, maximumOutput: Int) throws(CompressionError) {
        self.stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.maximumOutput = maximumOutput
        self.buffer = [UInt8](repeating: 0, count: 64 << 10)
        guard inflateInit2_(self.stream, format.windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw CompressionError(.outOfMemory, "zlib cannot start")
        }
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deinitialize(count: 1)
        self.stream.deallocate()
    }

    /// Unpacks `input` and hands what comes out to `sink`, at most 64 KiB a call.
    public mutating func feed(_ input: UnsafeRawBufferPointer, sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard !self.isFinished, let base = input.baseAddress, input.count > 0 else { return }
        guard input.count <= Int(UInt32.max) else { throw CompressionError(.tooLarge, "more than 4 GiB of input in one piece") }
        self.stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
        self.stream.pointee.avail_in = UInt32(input.count)
        while true {
            let (status, count) = self.buffer.withUnsafeMutableBufferPointer { [stream] space in
                stream.pointee.next_out = space.baseAddress
                stream.pointee.avail_out = UInt32(space.count)
                let status = inflate(stream, Z_NO_FLUSH)
                return (status, space.count - Int(stream.pointee.avail_out))
            }
            self.produced += count
            guard self.produced <= self.maximumOutput else {
                throw CompressionError(.tooLarge, "the data unpacks to more than \(self.maximumOutput) bytes")
            }
            if count > 0 {
                try self.buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            }
            switch status {
            case Z_STREAM_END:
                self.isFinished = true
                return
            case Z_OK:
                if count < self.buffer.count && self.stream.pointee.avail_in == 0 { return }
            case Z_BUF_ERROR:
                // Nothing more can be done with this input: it is used up.
                return
            case Z_MEM_ERROR:
                throw CompressionError(.outOfMemory, "zlib is out of memory")
            default:
                throw CompressionError(.corrupt, "the compressed data is damaged after \(self.produced) bytes")
            }
        }
    }
}

/// Unpacks a whole stream.
///
/// - Throws: ``CompressionError``; `truncated` when the stream has no end.
public func inflated(_ bytes: [UInt8], format: CompressionFormat, maximumOutput: Int) throws -> [UInt8] {
    var output: [UInt8] = []
    var inflater = try Inflater(format: format, maximumOutput: maximumOutput)
    try bytes.withUnsafeBytes { try inflater.feed($0) { output.append(contentsOf: $0) } }
    guard inflater.isFinished else { throw CompressionError(.truncated, "the compressed data ends too early") }
    return output
}
