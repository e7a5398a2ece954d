import CExpat

/// Reads XML as it arrives and tells a handler what is in it.
///
/// External entities and external DTD subsets are never loaded; a declaration of an entity ends the parse with
/// ``XMLError/Code/entityDeclared``, so nothing can expand.
public final class XMLParser {
    private let parser: OpaquePointer
    private let handler: any XMLEventHandler
    private let limits: XMLLimits
    private var depth = 0
    private var elements = 0
    private var fault: XMLError?
    private var names: [String: XMLName] = [:]

    /// - Parameter encoding: a name that overrules the text's own declaration.
    public init(handler: some XMLEventHandler, limits: XMLLimits = XMLLimits(), encoding: String? = nil) throws(XMLError) {
        // The separator cannot occur in a namespace URI nor in a name.
        guard let parser = XML_ParserCreateNS(encoding, separator) else {
            throw XMLError(.tooLarge, line: 0, "out of memory")
        }
        self.parser = parser
        self.handler = handler
        self.limits = limits
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, elementStarted, elementEnded)
        XML_SetCharacterDataHandler(parser, charactersMet)
        XML_SetEntityDeclHandler(parser, entityDeclared)
        XML_SetParamEntityParsing(parser, XML_PARAM_ENTITY_PARSING_NEVER)
    }

    deinit {
        XML_ParserFree(self.parser)
    }

    /// Reads the next piece.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws(XMLError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
            try self.parse(piece.bindMemory(to: CChar.self).baseAddress, Int32(piece.count), isFinal: 0)
            rest = rest.dropFirst(piece.count)
        }
    }

    /// Says that there is no more; throws when the text is incomplete.
    public func finish() throws(XMLError) {
        try self.parse("", 0, isFinal: 1)
    }

    /// Reads a whole text.
    public static func parse(_ bytes: [UInt8], handler: some XMLEventHandler, limits: XMLLimits = XMLLimits()) throws(XMLError) {
        let parser = try XMLParser(handler: handler, limits: limits)
        let result = bytes.withUnsafeBytes { piece -> XMLError? in
            do throws(XMLError) {
                try parser.feed(piece)
                try parser.finish()
                return nil
            } catch {
                return error
            }
        }
        if let result { throw result }
    }

    private func parse(_ text: UnsafePointer<CChar>?, _ count: Int32, isFinal: Int32) throws(XMLError) {
        let status = XML_Parse(self.parser, text, count, isFinal)
        if let fault = self.fault { throw fault }
        guard status != XML_STATUS_ERROR else {
            let reason = XML_ErrorString(XML_GetErrorCode(self.parser)).map { String(cString: $0) } ?? "unknown error"
            throw XMLError(.malformed, line: Int(XML_GetCurrentLineNumber(self.parser)), reason)
        }
    }

    private func stop(_ code: XMLError.Code, _ message: String) {
        guard self.fault == nil else { return }
        self.fault = XMLError(code, line: Int(XML_GetCurrentLineNumber(self.parser)), message)
        XML_StopParser(self.parser, 0)
    }

    private func name(_ raw: UnsafePointer<CChar>) -> XMLName {
        let text = String(cString: raw)
        if let known = self.names[text] { return known }
        let parts = text.utf8.split(separator: UInt8(bitPattern: separator), maxSplits: 1)
        let name =
            parts.count == 2
            ? XMLName(namespace: String(parts[0]) ?? "", local: String(parts[1]) ?? "") : XMLName(namespace: "", local: text)
        // Few names recur in a real document; a hostile one must not grow this without end.
        if self.names.count < 4096 { self.names[text] = name }
        return name
    }

    fileprivate func started(_ raw: UnsafePointer<CChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
        guard self.fault == nil else { return }
        self.depth += 1
        self.elements += 1
        if self.depth > self.limits.depth { return self.stop(.tooDeep, "nested deeper than \(self.limits.depth)") }
        if self.elements > self.limits.elements { return self.stop(.tooLarge, "more than \(self.limits.elements) elements") }
        var items: [(name: XMLName, value: String)] = []
        var index = 0
        while let attributes, let key = attributes[index], let value = attributes[index + 1] {
            items.append((self.name(key), String(cString: value)))
            index += 2
        }
        self.handler.start(self.name(raw), XMLAttributes(items: items))
    }

    fileprivate func ended(_ raw: UnsafePointer<CChar>) {
        guard self.fault == nil else { return }
        self.depth -= 1
        self.handler.end(self.name(raw))
    }

    fileprivate func met(_ text: UnsafePointer<CChar>, _ count: Int32) {
        guard self.fault == nil else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
        self.handler.characters(String(decoding: bytes, as: UTF8.self))
    }

    fileprivate func declaredEntity() {
        self.stop(.entityDeclared, "declares entities, which are refused")
    }
}

private let separator: XML_Char = 0x0C

private func parser(_ context: UnsafeMutableRawPointer?) -> XMLParser? {
    context.map { Unmanaged<XMLParser>.fromOpaque($0).takeUnretainedValue() }
}

private nonisolated func elementStarted(
    _ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?, _ attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>?
) {
    guard let name else { return }
    parser(context)?.started(name, attributes)
}

private nonisolated func elementEnded(_ context: UnsafeMutableRawPointer?, _ name: UnsafePointer<XML_Char>?) {
    guard let name else { return }
    parser(context)?.ended(name)
}

private nonisolated func charactersMet(_ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<XML_Char>?, _ count: Int32) {
    guard let text else { return }
    parser(context)?.met(text, count)
}

private nonisolated func entityDeclared(
    _ context: UnsafeMutableRawPointer?, _: UnsafePointer<XML_Char>?, _: Int32, _: UnsafePointer<XML_Char>?, _: Int32,
    _: UnsafePointer<XML_Char>?, _: UnsafePointer<XML_Char>?, _: UnsafePointer<XML_Char>?, _: UnsafePointer<XML_Char>?
) {
    parser(context)?.declaredEntity()
}
