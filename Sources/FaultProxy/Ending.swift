/// How a connection is ended on purpose.
public enum Ending: Sendable, Hashable {
    /// With RST: the client's next read or write fails. Over a unix socket, which has no RST, the client reads the end of the stream.
    case reset
    /// With FIN: the client reads the end of the stream.
    case close
    /// Not at all: the client hears nothing any more, and the connection stays until the client ends it.
    case silence
}
