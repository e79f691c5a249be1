"""The document package: upload, checklist, acceptance."""
