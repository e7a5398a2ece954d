/// First in, first out, in a ring that grows: the standard library has none.
struct Queue<Element> {
    private var slots: [Element?] = []
    private var head = 0
    private(set) var count = 0

    var isEmpty: Bool { self.count == 0 }

    var first: Element? { self.isEmpty ? nil : self.slots[self.head] }

    mutating func append(_ element: Element) {
        if self.count == self.slots.count { self.grow() }
        self.slots[self.position(self.count)] = element
        self.count += 1
    }

    mutating func prepend(_ element: Element) {
        if self.count == self.slots.count { self.grow() }
        self.head = self.head == 0 ? self.slots.count - 1 : self.head - 1
        self.slots[self.head] = element
        self.count += 1
    }

    mutating func popFirst() -> Element? {
        guard self.count > 0 else { return nil }
        let element = self.slots[self.head].take()
        self.head = self.position(1)
        self.count -= 1
        return element
    }

    mutating func removeAll() -> [Element] {
        var elements: [Element] = []
        elements.reserveCapacity(self.count)
        while let element = self.popFirst() { elements.append(element) }
        return elements
    }

    /// Calls `body` with every element, oldest first.
    func forEach(_ body: (Element) -> Void) {
        for offset in 0..<self.count {
            if let element = self.slots[self.position(offset)] { body(element) }
        }
    }

    private func position(_ offset: Int) -> Int {
        let index = self.head + offset
        return index < self.slots.count ? index : index - self.slots.count
    }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(16, self.slots.count * 2))
        for offset in 0..<self.count { larger.append(self.slots[self.position(offset)]) }
        larger.append(contentsOf: repeatElement(nil, count: max(16, self.slots.count)))
        self.slots = larger
        self.head = 0
    }
}
