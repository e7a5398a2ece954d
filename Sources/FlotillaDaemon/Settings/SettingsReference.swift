extension SettingCatalog {
    /// The reference of all settings as Markdown: the text of docs/configuration.md.
    public func markdownReference() -> String {
        var text = """
            # Configuration

            Daemons and the `flotilla` command read environment variables. All mistakes are reported at once, and the program exits with 2.
            An empty variable counts as absent. Durations are numbers in the unit that the name says, or carry one: \(DurationUnit.example).
            Sizes are bytes, or carry `K`, `M`, `G` or `T` (powers of 1024).

            Each secret `NAME` can also come from the file that `NAME_FILE` names, or from a systemd credential (`LoadCredential=`), whose
            name is given below. Setting it in more than one way is a mistake. A variable that starts with `FLOTILLA_` and is not listed
            here is a mistake too. `flotilla config show` prints every value with its origin.

            This page is made from the declarations in Sources/FlotillaDaemon/Settings/SettingCatalog.swift; do not edit it.

            """
        let declarations = self.declarations
        for section in SettingSection.allCases {
            let members = declarations.filter { $0.section == section }
            if members.isEmpty { continue }
            text += "\n## \(section.rawValue)\n\n| variable | value | default | meaning |\n|---|---|---|---|\n"
            for declaration in members {
                let value =
                    declaration.isSecret ? "secret: \(declaration.kind); credential `\(declaration.credentialName)`" : declaration.kind
                let help =
                    declaration.isSwitchable
                    ? "\(declaration.help) `\(declaration.name)_FILE` may name a file with the value, which is read again on SIGHUP."
                    : declaration.help
                let standard = declaration.defaultText.isEmpty ? "" : "`\(declaration.defaultText)`"
                text += "| `\(declaration.name)` | \(Self.cell(value)) | \(Self.cell(standard)) | \(Self.cell(help)) |\n"
            }
            if section == .cache { text += self.cacheTypeReference }
        }
        return text
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
