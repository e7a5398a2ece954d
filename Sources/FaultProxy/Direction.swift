/// One of the two ways through a proxy.
public enum Direction: Sendable, Hashable, CaseIterable {
    /// From the client to the server: requests.
    case toServer
    /// From the server to the client: replies.
    case toClient

    var opposite: Direction { self == .toServer ? .toClient : .toServer }
}
