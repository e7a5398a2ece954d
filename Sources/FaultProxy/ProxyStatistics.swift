/// What a proxy has done since it was made.
public struct ProxyStatistics: Sendable, Hashable {
    /// Connections that were accepted, those that were reset at once among them.
    public var accepted = 0
    /// Connections that are there now.
    public var open = 0
    /// Connections that ended because the server could not be reached.
    public var unreachable = 0
    /// Connections that were reset by ``FaultProxy/resetConnections()``, by ``Welcome/reset``, or because a drop ended and had left a hole.
    public var ended = 0
    /// Connections that reached the end of a ``Fault/cut(after:by:)``.
    public var cut = 0
    /// Bytes handed on to the server.
    public var bytesToServer = 0
    /// Bytes handed on to clients.
    public var bytesToClient = 0
    /// Bytes thrown away by ``Fault/drop``, a cut or a trap, in both directions.
    public var bytesLost = 0
    /// Bytes that are held now, in both directions.
    public var bytesHeld = 0
    /// Pieces that were handed on late.
    public var delayed = 0
    /// Requests and replies that were lost to traps.
    public var trapped = 0
}
