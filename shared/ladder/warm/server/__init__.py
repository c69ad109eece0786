"""The server of warm starts: a process that has imported the libraries; see __main__.py."""
