/// What a proxy does with clients that connect.
public enum Welcome: Sendable, Hashable {
    /// Connects them with the server.
    case accept
    /// Refuses them, as a host does where nobody listens.
    case refuse
    /// Accepts them and resets them at once.
    case reset
}
