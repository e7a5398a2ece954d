internal import Reactor
internal import Threading

/// Who the primary of a service is, as its sentinels know: one for all clients of a loop that ask the same sentinels.
///
/// Asks the sentinels in turn whenever a connection is to be made, beginning with the one that was last of use, and listens to all of them so
/// that a primary that was replaced is left at once. Unchecked because every member is touched by the loop's thread only.
final class SentinelDirectory: @unchecked Sendable {
    typealias Endpoint = RedisConfiguration.Endpoint
    typealias Completion = @Sendable (Result<Endpoint, RedisError>) -> Void

    private struct Member { weak var pool: ServerPool? }

    private let sentinel: RedisConfiguration.Sentinel
    private let configuration: RedisConfiguration
    private let loop: EventLoop
    /// Whom to ask, in this order.
    private var order: [Endpoint]
    private var search: ServerSearch?
    /// Servers that were named and turned out to be no primary, until the next search ends: well, or in vain.
    private var refused: Set<Endpoint> = []
    private var completions: [Completion] = []
    private var members: [Member] = []
    private var subscriptions: [RedisSubscription] = []

    private init(_ sentinel: RedisConfiguration.Sentinel, _ configuration: RedisConfiguration, loop: EventLoop) {
        self.sentinel = sentinel
        self.configuration = configuration
        self.loop = loop
        self.order = sentinel.addresses
    }

    // MARK: Sharing

    private struct Key: Hashable {
        let loop: ObjectIdentifier
        let sentinel: RedisConfiguration.Sentinel
        let tls: RedisConfiguration.TLS?
        let connectTimeout: Duration
    }

    private struct Entry { weak var directory: SentinelDirectory? }

    private static let shared = Lock<[Key: Entry]>([:])

    /// The directory that clients of `loop` share.
    static func of(_ sentinel: RedisConfiguration.Sentinel, _ configuration: RedisConfiguration, loop: EventLoop) -> SentinelDirectory {
        let key = Key(
            loop: ObjectIdentifier(loop), sentinel: sentinel, tls: configuration.tls, connectTimeout: configuration.connectTimeout)
        return self.shared.withLock { entries in
            if let directory = entries[key]?.directory { return directory }
            entries = entries.filter { $0.value.directory != nil }
            let directory = SentinelDirectory(sentinel, configuration, loop: loop)
            entries[key] = Entry(directory: directory)
            return directory
        }
    }

    // MARK: Asking

    /// Asks who the primary is; several who ask at the same time get one answer.
    func locate(_ completion: @escaping Completion) {
        self.completions.append(completion)
        if self.search != nil { return }
        let search = ServerSearch(self.order)
        self.search = search
        self.perform(search.begin())
    }

    /// A server that was named turned out to be no primary: whoever names it is not believed the next time.
    func refuse(_ primary: Endpoint) {
        self.refused.insert(primary)
    }

    private func perform(_ action: ServerSearch.Action?) {
        switch action {
        case .ask(let address):
            ServerQuery.ask(
                ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", .text(self.sentinel.service)], self.reaching(address), loop: self.loop
            ) { [weak self] reply in
                self?.answered(reply, by: address)
            }
        case .giveUp(let code, let said):
            let message = "no sentinel names a primary of '\(self.sentinel.service)': \(said)"
            self.finish(.failure(RedisError(code, operation: "connect", mayHaveRun: false, message: message)))
        case nil: break
        }
    }

    private func answered(_ reply: Reply, by address: Endpoint) {
        switch SentinelAnswer(reply, service: self.sentinel.service) {
        case .primary(let primary) where self.refused.contains(primary):
            self.perform(self.search?.refused(because: "names \(primary), which says that it is a replica"))
        case .primary(let primary):
            self.order = [address] + self.order.filter { $0 != address }
            self.finish(.success(primary))
        case .none(let reason):
            var code = RedisError.Code.notConnected
            if case .failure(let error) = reply { code = error.code }
            self.perform(self.search?.refused(code, because: reason))
        }
    }

    private func finish(_ result: Result<Endpoint, RedisError>) {
        self.search = nil
        self.refused = []
        let completions = self.completions
        self.completions = []
        for completion in completions { completion(result) }
    }

    /// How to reach one sentinel. All of them together may take no longer than a connection may.
    private func reaching(_ address: Endpoint) -> RedisConfiguration {
        let share = min(.seconds(1), self.configuration.connectTimeout * 0.8 / Double(max(1, self.sentinel.addresses.count)))
        return RedisConfiguration(
            endpoint: address, username: self.sentinel.username, password: self.sentinel.password, tls: self.configuration.tls,
            connectTimeout: share, commandTimeout: share, connections: 1, clientName: self.configuration.clientName)
    }

    // MARK: Listening

    /// From now on this pool's connections are dropped when the sentinels replace the primary.
    func join(_ pool: ServerPool) {
        self.members.removeAll { $0.pool == nil }
        self.members.append(Member(pool: pool))
        guard self.subscriptions.isEmpty else { return }
        for address in self.sentinel.addresses {
            let subscription = RedisSubscription(
                configuration: self.reaching(address), channels: ["+switch-master"], eventLoop: self.loop
            ) { [weak self] event in
                self?.heard(event)
            }
            self.subscriptions.append(subscription)
            subscription.start()
        }
    }

    private func heard(_ event: RedisSubscription.Event) {
        switch event {
        case .lost: break
        case .message(_, let payload):
            guard let old = SentinelAnswer.replaced(in: payload, service: self.sentinel.service) else { return }
            self.drop("the sentinels have replaced the primary \(old)") { $0 == old }
        case .subscribed:
            // A message that was missed is made up for by asking.
            self.locate { [weak self] result in
                guard case .success(let primary) = result else { return }
                self?.drop("the sentinels name another primary, \(primary)") { $0 != primary }
            }
        }
    }

    private func drop(_ message: String, where isWrong: (Endpoint) -> Bool) {
        for member in self.members { member.pool?.dropConnections(message, where: isWrong) }
    }
}
