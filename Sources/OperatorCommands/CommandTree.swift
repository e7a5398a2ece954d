/// All verbs, in the order of the help. A new verb is a new file and a line here.
enum CommandTree {
    static let verbs: [any Verb.Type] = [
        Submit.self, Reprocess.self, PipelineDiff.self,
        JobList.self, JobShow.self, JobWatch.self, JobCancel.self, Why.self,
        DocumentList.self, DocumentShow.self, DocumentTextVerb.self, DocumentChunks.self, DocumentTranscript.self, DocumentScreen.self,
        DocumentPicture.self, DocumentTranslationVerb.self, Search.self,
        GraphShow.self, GraphEntity.self, GraphNeighbours.self, GraphPathVerb.self, GraphCandidates.self, GraphMerge.self, GraphApart.self,
        GraphSplit.self,
        GraphResolve.self, GraphExport.self, TrainNames.self,
        QueueList.self, QueuePause.self, QueueResume.self,
        RetryList.self, RetryRun.self, RetryDiscard.self,
        DeadLetterList.self, DeadLetterShow.self, DeadLetterRequeue.self, DeadLetterDiscard.self, DeadLetterPurge.self,
        DeadLetterStats.self,
        WorkerList.self,
        PipelineMonitor.self, CacheMonitor.self,
        CacheStats.self, CacheReport.self, CacheAdvice.self, CacheTop.self, CacheGet.self, CacheInvalidate.self, CacheClear.self,
        CacheWarm.self,
        Reconcile.self, Migrate.self, Doctor.self, Healthcheck.self, Bench.self, SelfTestVerb.self,
        ConfigShow.self, ConfigCheck.self, ConfigReference.self,
        Version.self, Completion.self,
    ]
}
