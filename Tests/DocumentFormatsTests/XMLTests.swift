import Testing
import XMLText

@Suite struct XMLTests {
    private final class Collector: XMLEventHandler {
        var events: [String] = []
        func start(_ name: XMLName, _ attributes: XMLAttributes) {
            self.events.append("<\(name.namespace):\(name.local) \(attributes["id"] ?? "")>")
        }
        func end(_ name: XMLName) { self.events.append("</\(name.local)>") }
        func characters(_ text: String) { self.events.append(text) }
    }

    private func code(_ text: String, limits: XMLLimits = XMLLimits()) -> XMLError.Code? {
        do {
            try XMLParser.parse(Array(text.utf8), handler: Collector(), limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `namespaces are resolved`() throws {
        let collector = Collector()
        try XMLParser.parse(Array("<a:b xmlns:a='urn:x' id='1'>t<c/></a:b>".utf8), handler: collector)
        #expect(collector.events == ["<urn:x:b 1>", "t", "<:c >", "</c>", "</b>"])
    }

    @Test func `entities are refused, inside and outside`() {
        #expect(self.code("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>") == .entityDeclared)
        #expect(self.code("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>") == .entityDeclared)
        #expect(self.code("<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://127.0.0.1/'> %x;]><a/>") == .entityDeclared)
    }

    @Test func `depth, size and form have limits`() {
        #expect(self.code(String(repeating: "<a>", count: 1_000)) == .tooDeep)
        #expect(self.code("<a>" + String(repeating: "<b/>", count: 100) + "</a>", limits: XMLLimits(depth: 5, elements: 50)) == .tooLarge)
        #expect(self.code("<a><b></a>") == .malformed)
        #expect(self.code("<a>") == .malformed)
        #expect(self.code("") == .malformed)
    }
}
