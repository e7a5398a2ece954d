internal import Threading

extension Scene {
    /// Plays one scene from its servers' start to its account.
    static func play(
        _ setting: SceneSetting, options: SceneOptions, _ body: @Sendable (Scene) async throws -> Void
    ) async -> SceneOutcome {
        let start = MonotonicTime.now
        let scene: Scene
        do {
            scene = try await Scene(setting, options: options)
        } catch {
            return SceneOutcome(name: setting.name, broken: ["cannot begin: \(error)"], duration: MonotonicTime.now - start)
        }
        let sampler = ConservationSampler(scene)
        await withTaskGroup(of: Void.self) { group in
            if options.samplesConservation { group.addTask { await sampler.run() } }
            do {
                try await body(scene)
                _ = try await scene.account()
            } catch {
                scene.expect(false, "ended early: \(error)")
            }
            group.cancelAll()
        }
        if !Task.isCancelled { await scene.conclude(sampler.tally) }
        let outcome = scene.outcome(sampler.tally, duration: MonotonicTime.now - start)
        // Who was stopped has found nothing, whatever it says.
        let isFinding = !Task.isCancelled && !outcome.all.allSatisfy { $0.broken.isEmpty }
        if setting.artefacts.keepsAll || isFinding { await scene.keep(outcome) }
        await scene.close()
        return outcome
    }

    /// Checks what holds for all scenarios.
    private func conclude(_ tally: ConservationSampler.Tally) async {
        for text in tally.imbalances { self.expect(false, "a sample of the equation: \(text)") }
        do {
            // A scenario that was cut short still has an account, whatever it says.
            let account = try await self.account()
            for text in account.brokenPromises { self.expect(false, text) }
        } catch {
            self.expect(false, "no account: \(error)")
        }
    }

    private func outcome(_ tally: ConservationSampler.Tally, duration: Duration) -> SceneOutcome {
        self.state.withLock { state in
            SceneOutcome(
                name: self.setting.name, broken: state.broken, figures: state.figures, faults: self.journal.entries, account: state.account,
                samples: tally, duration: duration, children: state.children)
        }
    }
}
