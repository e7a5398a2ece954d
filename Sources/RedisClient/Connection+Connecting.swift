internal import Glibc
internal import Reactor
internal import Threading

/// From nothing to a connection that serves: ask where to, resolve, connect to one address after the other, secure, greet.
extension Connection {
    func start() {
        guard case .waiting = self.phase else { return }
        self.phase = .resolving
        self.output = OutputBuffer()
        self.endpoint = nil
        self.attemptTimer = self.loop.schedule(after: self.configuration.connectTimeout) { [weak self] in
            self?.lose(.notConnected, "no connection to \(self?.destination ?? "") within the time limit")
        }
        self.pool.locate { [weak self] location in
            guard let self, case .resolving = self.phase else { return }
            switch location {
            case .success(let endpoint): self.resolve(endpoint)
            case .failure(let error): self.lose(error)
            }
        }
    }

    private var destination: String { self.endpoint?.description ?? self.pool.destination }

    private func resolve(_ endpoint: RedisConfiguration.Endpoint) {
        self.endpoint = endpoint
        self.resolver.resolve(endpoint) { [weak self] resolution in
            guard let self, case .resolving = self.phase else { return }
            switch resolution {
            case .found(let addresses):
                self.addresses = addresses[...]
                self.lastAddressError = "no address"
                self.connectToNextAddress()
            case .failed(let reason):
                self.lose(.notConnected, "cannot resolve \(endpoint): \(reason)")
            }
        }
    }

    private func connectToNextAddress() {
        self.closeSocket()
        while let address = self.addresses.popFirst() {
            switch address.connect() {
            case .failed(let code):
                self.lastAddressError = describe(code)
            case .connected(let descriptor):
                self.phase = .connecting
                self.adopt(descriptor)
                return self.connected()
            case .inProgress(let descriptor):
                self.phase = .connecting
                self.adopt(descriptor)
                // An address that swallows packets must not use up the time of the next one.
                if !self.addresses.isEmpty {
                    let share = self.configuration.connectTimeout / (self.addresses.count + 1)
                    self.addressTimer = self.loop.schedule(after: share) { [weak self] in
                        guard let self, case .connecting = self.phase else { return }
                        self.lastAddressError = "timed out"
                        self.connectToNextAddress()
                    }
                }
                return
            }
        }
        self.lose(.notConnected, "cannot connect to \(self.destination): \(self.lastAddressError)")
    }

    private func adopt(_ descriptor: Int32) {
        self.descriptor = descriptor
        self.interest = [.read, .write]
        self.loop.register(descriptor, interest: self.interest, handler: self)
    }

    func finishConnecting() {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(self.descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else {
            self.lastAddressError = describe(code)
            return self.connectToNextAddress()
        }
        self.connected()
    }

    private func connected() {
        if let token = self.addressTimer { self.loop.cancel(token) }
        self.addressTimer = nil
        self.reader = ReplyReader()
        do {
            if let context = try self.owner.tlsContext(), let settings = self.configuration.tls {
                var host = settings.serverName
                if host == nil, case .tcp(let name, _) = self.endpoint { host = name }
                self.tls = try TLSSession(context, host: host ?? "localhost", verifies: settings.verifiesServer)
                self.phase = .securing
                return try self.handshake()
            }
        } catch {
            return self.lose(error)
        }
        self.greet()
    }

    func handshake() throws(RedisError) {
        guard let tls = self.tls else { return }
        let progress: TLSSession.Progress
        do {
            progress = try tls.handshake()
        } catch {
            // The alert tells the server why; it is a courtesy, so nobody looks whether it went out.
            self.takeCiphertext(of: tls)
            _ = self.output.write(to: self.descriptor)
            self.owner.forgetTLSContext()
            throw error
        }
        self.takeCiphertext(of: tls)
        if progress == .established { self.greet() } else { self.scheduleFlush() }
    }

    private func greet() {
        self.phase = .greeting
        for (step, command) in Greeting.commands(for: self.configuration, wantsPrimary: self.pool.wantsPrimary) {
            self.unsent.append(Request(command, timeout: nil, .greeting(step)))
        }
        self.scheduleFlush()
    }

    func becomeReady() {
        if let token = self.attemptTimer { self.loop.cancel(token) }
        self.attemptTimer = nil
        self.phase = .ready
        self.readySince = .now
        self.pool.connectionIsReady(self)
    }
}
