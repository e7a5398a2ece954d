/// A doubly linked list through nodes that lie in an array: the newest first. Links are indices, -1 is none.
struct NodeList {
    private(set) var first: Int32 = -1
    private(set) var last: Int32 = -1
    private(set) var count = 0
    /// Sum of the weights of its nodes.
    private(set) var weight = 0

    /// Puts a node that is in no list at the front.
    mutating func prepend<Content>(_ index: Int32, in nodes: inout [LinkedNode<Content>]) {
        nodes[Int(index)].previous = -1
        nodes[Int(index)].next = self.first
        if self.first >= 0 { nodes[Int(self.first)].previous = index } else { self.last = index }
        self.first = index
        self.count += 1
        self.weight += nodes[Int(index)].weight
    }

    /// Takes out a node that is in this list.
    mutating func remove<Content>(_ index: Int32, in nodes: inout [LinkedNode<Content>]) {
        let (previous, next) = (nodes[Int(index)].previous, nodes[Int(index)].next)
        if previous >= 0 { nodes[Int(previous)].next = next } else { self.first = next }
        if next >= 0 { nodes[Int(next)].previous = previous } else { self.last = previous }
        self.count -= 1
        self.weight -= nodes[Int(index)].weight
    }

    mutating func moveToFront<Content>(_ index: Int32, in nodes: inout [LinkedNode<Content>]) {
        guard self.first != index else { return }
        self.remove(index, in: &nodes)
        self.prepend(index, in: &nodes)
    }
}

/// A place in the array: in one of the lists, or free.
struct LinkedNode<Content> {
    /// Nil when the place is free; `next` is the next free one then.
    var content: Content?
    var weight: Int
    var previous: Int32 = -1
    var next: Int32 = -1
}
