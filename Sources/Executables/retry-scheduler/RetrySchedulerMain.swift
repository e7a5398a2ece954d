import CorpusPostgres
import FlotillaCachePostgres
import FlotillaDaemon
import FlotillaPostgres

@main
struct RetrySchedulerMain {
    static func main() {
        DaemonMain.run(role: .retryScheduler) { context in
            try await Scheduler.daemon(context, migrations: JobSchema.migrations + CorpusSchema.migrations + CacheSchema.migrations)
        }
    }
}
