"""What all measurements share: servers, processes, handlers, statistics, reports."""
