import Flotilla
import FlotillaDaemon
import JSONText

struct Version: Verb {
    static let spec = CommandSpec(path: ["version"], summary: "Shows the version of this program", examples: ["version", "version --json"])

    init(_ arguments: Arguments) {}

    func run(_ context: CommandContext) async throws -> Output {
        var output = Output("Version", ["version": .string(BuildInfo.version), "commit": .string(BuildInfo.commit)])
        output.line("flotilla \(BuildInfo.version) (\(BuildInfo.commit))")
        return output
    }
}

struct ConfigShow: Verb {
    static let spec = CommandSpec(
        path: ["config", "show"], summary: "Shows every setting in force, secrets hidden",
        options: [.flag("origin", "also show where each value comes from"), .flag("set", "only what somebody has set")],
        examples: ["config show --origin", "config show --set --json"])

    private let arguments: Arguments

    init(_ arguments: Arguments) { self.arguments = arguments }

    func run(_ context: CommandContext) async throws -> Output {
        let settings = try context.settings().shown().filter { !self.arguments.has("set") || $0.origin != .standard }
        let hasOrigin = self.arguments.has("origin")
        var table = Table([.left("SETTING"), .flexible("VALUE")] + (hasOrigin ? [.left("ORIGIN")] : []), empty: "nothing is set")
        for setting in settings {
            table.rows.append([setting.declaration.name, setting.value] + (hasOrigin ? ["\(setting.origin)"] : []))
        }
        var output = Output("Configuration")
        output.set(
            "settings",
            .array(
                settings.map { setting in
                    [
                        "name": .string(setting.declaration.name), "value": .string(setting.value), "origin": .string("\(setting.origin)"),
                        "secret": .bool(setting.declaration.isSecret),
                    ]
                }))
        output.table(table)
        return output
    }
}

struct ConfigCheck: Verb {
    static let spec = CommandSpec(
        path: ["config", "check"], summary: "Reads the configuration and names every mistake in it; asks no server",
        examples: ["config check"])

    init(_ arguments: Arguments) {}

    func run(_ context: CommandContext) async throws -> Output {
        var mistakes: [String] = []
        var warnings: [String] = []
        do {
            let settings = try Settings(environment: context.environment)
            warnings = settings.warnings
            _ = try LiveFleet(settings)
        } catch let error as SettingMistakes {
            mistakes = error.all
        } catch {
            mistakes = [CommandError(error).message]
        }
        var output = Output(
            "ConfigurationCheck",
            ["mistakes": .array(mistakes.map { .string($0) }), "warnings": .array(warnings.map { .string($0) })])
        for mistake in mistakes { output.line("mistake: \(mistake)") }
        for warning in warnings { output.line("warning: \(warning)") }
        if mistakes.isEmpty { output.line("the configuration is sound") } else { output.exit = .usage }
        return output
    }
}

struct ConfigReference: Verb {
    static let spec = CommandSpec(
        path: ["config", "reference"], summary: "Prints the reference of all settings as Markdown", examples: ["config reference"])

    init(_ arguments: Arguments) {}

    func run(_ context: CommandContext) async throws -> Output {
        let catalog = SettingCatalog()
        var output = Output("ConfigurationReference")
        output.set(
            "settings",
            .array(
                catalog.declarations.map { declaration in
                    [
                        "name": .string(declaration.name), "section": .string(declaration.section.rawValue),
                        "kind": .string(declaration.kind),
                        "default": .string(declaration.defaultText), "secret": .bool(declaration.isSecret),
                        "help": .string(declaration.help),
                    ]
                }))
        output.blocks = [.text(catalog.markdownReference())]
        return output
    }
}
