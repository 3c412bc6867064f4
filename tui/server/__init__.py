"""The items API: one set of rules over one database, spoken to through faces.

    embed / (a server program)     runs the app
      app        Border ─ Router ─ faces
      slate/     the slate face: routes, bodies, what items look like, problems
      cekat/     the cekat face, the same items in its own words; loaded when it is served
      face       what the faces share: callers, idempotency, preconditions; problems, parsing beside it
      service    rules run as transactions in worker threads
      rules/     what is allowed and what it comes to, in the domain's words
      database   transactions, retries; opening, migrations/, tables
      seed       demo walls, as a child process

The faces call the same rules; nothing below the faces knows a wire format.
"""
