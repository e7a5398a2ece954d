/// An error reply of the server: its first word, classified, and its text.
public struct RedisServerError: Error, Sendable, Hashable {
    /// The first word of an error reply. New words need no new code: any upper-case word is a kind.
    public struct Kind: Hashable, Sendable {
        /// The word as the server wrote it, `ERR` when there was none.
        public let word: String

        public init(_ word: String) { self.word = word }

        /// The script is not in the server's cache. Handled by ``RedisClient``; seen only for hand-written EVALSHA.
        public static let noScript = Kind("NOSCRIPT")
        /// A write reached a replica.
        public static let readOnly = Kind("READONLY")
        /// The server is reading its data from disk.
        public static let loading = Kind("LOADING")
        /// A replica that lost its master and must not serve stale data.
        public static let masterDown = Kind("MASTERDOWN")
        /// The connection has not authenticated.
        public static let noAuth = Kind("NOAUTH")
        /// Unknown user or wrong password.
        public static let wrongPass = Kind("WRONGPASS")
        /// The ACL user may not run this command or touch this key.
        public static let noPermission = Kind("NOPERM")
        /// The key's slot is served by another node.
        public static let moved = Kind("MOVED")
        /// The key's slot is on its way to another node.
        public static let ask = Kind("ASK")
        /// Some keys of the command are on their way to another node of the cluster.
        public static let tryAgain = Kind("TRYAGAIN")
        /// The cluster cannot serve the slot now.
        public static let clusterDown = Kind("CLUSTERDOWN")
        /// A blocking command was ended by CLIENT UNBLOCK, or because the server became a replica.
        public static let unblocked = Kind("UNBLOCKED")
        /// A script runs for too long and nothing else is served.
        public static let busy = Kind("BUSY")
        /// `maxmemory` is reached and the command would need more.
        public static let outOfMemory = Kind("OOM")
        /// The server cannot persist and therefore refuses writes.
        public static let misconfigured = Kind("MISCONF")
        /// Too few replicas are connected for a write.
        public static let noReplicas = Kind("NOREPLICAS")
        /// The key holds another type.
        public static let wrongType = Kind("WRONGTYPE")
        /// A MULTI was discarded because one of its commands was refused.
        public static let execAbort = Kind("EXECABORT")
        /// Everything the server gives no word of its own.
        public static let general = Kind("ERR")
    }

    public let kind: Kind
    /// The whole reply. It may quote arguments of the command.
    public let message: String

    /// The reply without the arguments that the server quotes for an unknown command: with a renamed AUTH, that would be the password.
    var messageWithoutArguments: String {
        guard let quote = self.message.firstRange(of: ", with args") else { return self.message }
        return String(self.message[..<quote.lowerBound])
    }

    /// - Parameter message: the reply without its leading `-`.
    public init(message: String) {
        self.message = message
        let word = message.prefix { $0 != " " }
        let looksLikeKind = !word.isEmpty && word.utf8.allSatisfy { (0x41...0x5A).contains($0) || $0 == 0x5F }
        self.kind = looksLikeKind ? Kind(String(word)) : .general
    }
}

extension RedisServerError.Kind {
    /// Refusals that come before the command touches any key, even for scripts and transactions.
    static let refusals: Set<Self> = [
        .noScript, .readOnly, .loading, .masterDown, .noAuth, .wrongPass, .noPermission, .moved, .ask, .tryAgain, .clusterDown, .unblocked,
        .busy,
        .outOfMemory, .misconfigured, .noReplicas, .execAbort,
    ]

    /// The server behind this connection is the wrong one for now: resolve the name again and connect anew.
    static let reconnecting: Set<Self> = [.readOnly, .loading, .masterDown, .noAuth]
}
