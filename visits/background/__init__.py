"""Work outside a request: delivery of events, ticks, the worker."""
