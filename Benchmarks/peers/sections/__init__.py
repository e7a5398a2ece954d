"""One measurement a file. Each has `measure(options)` and writes its own table."""
