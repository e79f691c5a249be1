"""The database, files and jobs: everything that must survive the process."""
