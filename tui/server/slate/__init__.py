"""The slate face: ``/v1/ext``.

Beyond the documented routes: ``POST /v1/ext/pipelines`` makes a board from a whole blueprint (201), and
``PUT /v1/ext/pipelines/{id}/blueprint`` gives one a new blueprint; both bodies are what GET blueprint shows.
"""
