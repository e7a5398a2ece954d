internal import Compression
import Glibc

/// Gives a PDF that lost its end a new one: the table of objects and the tree of pages stand there, and without them no reader opens it.
///
/// Finds the objects by looking for `12 0 obj`, unpacks those that are kept in object streams, and appends a page tree, a catalog and a trailer.
/// The pages come in the order in which they stand in the file, which is nearly always theirs.
struct PDFSalvage {
    private let bytes: [UInt8]
    private let limits: FormatLimits
    private var pages: [Int] = []
    private var known: Set<Int> = []
    private var highest = 0
    private var unpacked: [UInt8] = []
    /// Bytes that came out of object streams, whether they were of use or not.
    private var inflatedBytes = 0
    /// The next `endstream`, at or after the stream that was looked at last; streams are looked at in order.
    private var streamEnd = -1

    /// - Throws: ``FormatError``: `corrupt` when no page is left, `encrypted` when the pages that are left cannot be read.
    static func salvage(path: String, to target: String, limits: FormatLimits) throws {
        var salvage = PDFSalvage(bytes: try FileReader(path: path, limits: limits).readAll(), limits: limits)
        try salvage.scan()
        guard !salvage.pages.isEmpty else { throw FormatError(.corrupt, "The PDF is damaged: no page can be found in it.") }
        guard let file = fopen(target, "wbe") else {
            throw FormatError(.unreadable, "The repaired copy cannot be written: \(String(cString: strerror(errno))).")
        }
        let kids = salvage.pages.prefix(limits.pages).map { "\($0) 0 R" }.joined(separator: " ")
        let tree = salvage.highest + 1
        let tail = """

            \(tree) 0 obj
            << /Type /Pages /Kids [\(kids)] /Count \(min(salvage.pages.count, limits.pages)) >>
            endobj
            \(tree + 1) 0 obj
            << /Type /Catalog /Pages \(tree) 0 R >>
            endobj
            trailer
            << /Size \(tree + 2) /Root \(tree + 1) 0 R >>
            startxref
            0
            %%EOF

            """
        var isWritten = true
        // The old ends would lead readers to the old tables.
        for part in [Self.withoutEnds(salvage.bytes), Array("\nendstream\nendobj\n".utf8), salvage.unpacked, Array(tail.utf8)]
        where isWritten {
            isWritten = fwrite(part, 1, part.count, file) == part.count
        }
        isWritten = fclose(file) == 0 && isWritten
        guard isWritten else { throw FormatError(.unreadable, "The repaired copy cannot be written: \(String(cString: strerror(errno))).") }
    }

    private init(bytes: [UInt8], limits: FormatLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private mutating func scan() throws {
        guard self.bytes.firstRange(of: Array("/Encrypt ".utf8)) == nil else {
            throw FormatError(.encrypted, "The PDF is damaged and protected by a password.")
        }
        let objects = self.objects()
        for (position, object) in objects.enumerated() {
            self.highest = max(self.highest, object.number)
            // No dictionary reaches into the next object: without this bound, a file of nothing but headers would be read a thousand times.
            let next = position + 1 < objects.count ? objects[position + 1].start : self.bytes.count
            let dictionary = object.start..<self.dictionaryEnd(from: object.start, before: next)
            self.note(self.bytes[dictionary], number: object.number)
            if Self.has(self.bytes[dictionary], "/ObjStm") { try self.unpack(dictionary: dictionary) }
        }
    }

    /// The numbers of the objects that begin somewhere, and where their contents do.
    private func objects() -> [(number: Int, start: Int)] {
        let mark = Array(" obj".utf8)
        var objects: [(number: Int, start: Int)] = []
        var look = 0
        while let found = self.bytes.firstRange(of: mark, from: look), objects.count < 1_000_000 {
            look = found + mark.count
            if let number = Self.objectNumber(self.bytes, before: found) { objects.append((number, look)) }
        }
        return objects
    }

    /// Remembers pages.
    private mutating func note(_ dictionary: ArraySlice<UInt8>, number: Int) {
        guard Self.has(dictionary, "/Page"), !Self.has(dictionary, "/Pages"), Self.has(dictionary, "/Type") else {
            // A page names its parent, whose own type is /Pages, so "/Pages" is never part of a page.
            return
        }
        if self.known.insert(number).inserted { self.pages.append(number) }
    }

    /// Writes the objects of an object stream out as plain ones.
    private mutating func unpack(dictionary: Range<Int>) throws {
        guard let count = Self.number(after: "/N", in: self.bytes[dictionary]),
            let first = Self.number(after: "/First", in: self.bytes[dictionary]),
            Self.has(self.bytes[dictionary], "/FlateDecode"), !Self.has(self.bytes[dictionary], "/Predictor"),
            var start = self.bytes.firstRange(of: Array("stream".utf8), from: dictionary.upperBound, before: dictionary.upperBound + 20)
        else { return }
        start += 6
        if start < self.bytes.count, self.bytes[start] == 0x0D { start += 1 }
        if start < self.bytes.count, self.bytes[start] == 0x0A { start += 1 }
        if self.streamEnd < start { self.streamEnd = self.bytes.firstRange(of: Array("endstream".utf8), from: start) ?? self.bytes.count }
        let end = self.streamEnd
        var content: [UInt8] = []
        do {
            let room = max(0, self.limits.inflatedBytes - self.inflatedBytes)
            var inflater = try Inflater(format: .zlib, maximumOutput: min(64 << 20, room))
            try self.bytes[start..<end].withUnsafeBytes { try inflater.feed($0) { content.append(contentsOf: $0) } }
        } catch let error as CompressionError where error.code == .tooLarge {
            throw FormatError(.tooLarge, "The PDF's object streams unpack to more than allowed.")
        } catch is CompressionError {
            // Cut off in the middle: what came out so far is right.
        }
        self.inflatedBytes += content.count
        guard first > 0, first <= content.count, count > 0, count < 100_000 else { return }
        let numbers = content[..<first].split { $0 <= 0x20 }.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        // The objects lie one after the other. Offsets that say otherwise would unpack one stretch again and again.
        var past = first
        for index in 0..<min(count, numbers.count / 2) {
            let number = numbers[index * 2]
            let from = first &+ numbers[index * 2 + 1]
            let to = index * 2 + 3 < numbers.count ? first &+ numbers[index * 2 + 3] : content.count
            guard number > 0, number < 1 << 24, from >= past, from < to, to <= content.count else { continue }
            past = to
            self.highest = max(self.highest, number)
            self.note(content[from..<to], number: number)
            self.unpacked += Array("\(number) 0 obj\n".utf8) + content[from..<to] + Array("\nendobj\n".utf8)
        }
    }

    /// Where the object's dictionary ends: at its stream, at `endobj`, at the next object, or after 16 KiB.
    private func dictionaryEnd(from start: Int, before next: Int) -> Int {
        let limit = min(next, start + (16 << 10))
        let end = self.bytes.firstRange(of: Array("endobj".utf8), from: start, before: limit) ?? limit
        return self.bytes.firstRange(of: Array("stream".utf8), from: start, before: end) ?? end
    }

    /// The number in `12 0 obj`, read backwards from the space before `obj`.
    private static func objectNumber(_ bytes: [UInt8], before end: Int) -> Int? {
        var index = end - 1
        func digits() -> Int? {
            var value = 0
            var scale = 1
            let start = index
            while index >= 0, bytes[index] >= 0x30, bytes[index] <= 0x39, start - index < 8 {
                value += Int(bytes[index] - 0x30) * scale
                scale *= 10
                index -= 1
            }
            return index < start ? value : nil
        }
        guard digits() != nil, index >= 0, bytes[index] == 0x20 else { return nil }
        index -= 1
        guard let number = digits(), number > 0 else { return nil }
        return number
    }

    private static func number(after name: String, in bytes: ArraySlice<UInt8>) -> Int? {
        let array = Array(bytes)
        var look = 0
        while let found = array.firstRange(of: Array(name.utf8), from: look) {
            look = found + name.utf8.count
            let digits = array[look...].drop { $0 == 0x20 }.prefix { $0 >= 0x30 && $0 <= 0x39 }
            if !digits.isEmpty, digits.count < 9 { return Int(String(decoding: digits, as: UTF8.self)) }
        }
        return nil
    }

    /// Whether the name stands there, and not as the beginning of a longer one.
    private static func has(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
        let array = Array(bytes)
        var look = 0
        while let found = array.firstRange(of: Array(name.utf8), from: look) {
            look = found + name.utf8.count
            let next = look < array.count ? array[look] : 0x20
            if !((next | 0x20) >= 0x61 && (next | 0x20) <= 0x7A) { return true }
        }
        return false
    }

    private static func withoutEnds(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for word in ["startxref", "trailer"] {
            var look = 0
            while let found = bytes.firstRange(of: Array(word.utf8), from: look) {
                for index in found..<found + word.utf8.count { bytes[index] = 0x20 }
                look = found
            }
        }
        return bytes
    }
}
