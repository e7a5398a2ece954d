internal import FlotillaTesting

/// T21: the same promises in a simulation, where every interleaving follows from the seed.
struct SimulatedFleet: Scenario {
    let id = "T21"
    let title = "a simulated fleet"
    let promise = "the equation at each of a million steps"
    let length = ScenarioLength.short

    var options: SceneOptions {
        var options = SceneOptions()
        // Nothing is sent to the servers of the scene.
        options.redis = .none
        options.samplesConservation = false
        return options
    }

    func run(_ scene: Scene) async throws {
        do {
            // Far from its neighbours' worlds.
            let report = try Simulation.run(
                seed: scene.setting.seed &* 1_000_000, steps: scene.setting.isLong ? 1_000_000 : 50_000)
            try Task.checkCancellation()
            scene.measured("simulation", "\(report)")
        } catch {
            scene.expect(false, "\(error)")
        }
    }
}
