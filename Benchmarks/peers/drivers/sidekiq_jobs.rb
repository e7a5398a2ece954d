# frozen_string_literal: true

# What Sidekiq's workers load: the same work and the same reports as harness/handling.py.
require "sidekiq"

Sidekiq.configure_server do |configuration|
  configuration.redis = { path: ENV.fetch("PEERS_SOCKET"), db: ENV.fetch("PEERS_DB").to_i }
end
Sidekiq.configure_client do |configuration|
  configuration.redis = { path: ENV.fetch("PEERS_SOCKET"), db: ENV.fetch("PEERS_DB").to_i }
end
Sidekiq.logger.level = Logger::WARN

# Counts what ran, or writes a record of each job, in a file that outlives the process.
class Report
  def initialize
    @counts = ENV.fetch("PEERS_WORK", "count") == "count"
    path = "#{ENV.fetch("PEERS_REPORT")}/#{@counts ? "count" : "ledger"}-#{Process.pid}"
    @file = File.open(path, @counts ? "w+b" : "ab")
    @value = 0
    @lock = Mutex.new
  end

  def add(number, delay)
    return @file.syswrite([number, delay].pack("q2")) unless @counts

    @lock.synchronize { @file.pwrite([@value += 1].pack("q"), 0) }
  end
end

REPORT = Report.new if Sidekiq.server?
WORK_SECONDS = ENV.fetch("PEERS_WORK_MS", "0").to_i / 1000.0

# The job.
class PeerJob
  include Sidekiq::Worker
  sidekiq_options queue: "peers", retry: 3

  def perform(number, sent, _note)
    delay = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond) - sent
    sleep(WORK_SECONDS) if WORK_SECONDS.positive?
    REPORT.add(number, delay)
  end
end
