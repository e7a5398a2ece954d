# frozen_string_literal: true

# Sidekiq's own client, told what to send by lines: `bulk FIRST COUNT SENT`, `later FIRST COUNT DUE SENT`, `one NUMBER`,
# `dead FIRST COUNT`, `page`, `requeue`. Answers each with a line.
require_relative "sidekiq_jobs"
require "sidekiq/api"

NOTE = "x" * 140
$stdout.sync = true

def arguments(first, count, sent)
  (first...(first + count)).map { |number| [number, sent, NOTE] }
end

def bury(first, count)
  dead = Sidekiq::DeadSet.new
  arguments(first, count, 0).each do |job|
    item = { "class" => "PeerJob", "queue" => "peers", "args" => job, "jid" => SecureRandom.hex(12), "retry" => 3, "retry_count" => 3 }
    dead.kill(Sidekiq.dump_json(item), notify_failure: false)
  end
end

while (line = $stdin.gets)
  word, *numbers = line.split
  numbers = numbers.map(&:to_i)
  case word
  when "bulk"
    arguments(*numbers).each_slice(1000) { |part| Sidekiq::Client.push_bulk("class" => PeerJob, "args" => part) }
  when "later"
    first, count, due, sent = numbers
    arguments(first, count, sent).each_slice(1000) do |part|
      Sidekiq::Client.push_bulk("class" => PeerJob, "args" => part, "at" => due)
    end
  when "one"
    # Stamped here: the pipe between is no part of Sidekiq.
    PeerJob.perform_async(numbers.first, Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond), NOTE)
  when "dead" then bury(*numbers)
  when "page" then Sidekiq::DeadSet.new.first(50).map(&:item)
  when "requeue" then Sidekiq::DeadSet.new.retry_all
  end
  puts "done"
end
