"""The server as a program of its own: keys, rate limits, a log, and an orderly end.

    run        binds, starts, serves until a signal
      app      Exchanges ─ Keyless ─ the faces, each request let in by Gate
      exchange one request: its id, its caller, its line in the log
      gate     API keys to callers; every key has a budget
      window   budgets: at most so many requests in any so many seconds
      keyless  what needs no key: health, readiness, the OpenAPI document (openapi)

Nothing here is loaded by the embedded server.
"""
