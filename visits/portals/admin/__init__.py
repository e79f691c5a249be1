"""What administrators see: people, offices, calendars, checklists, policies, firms. Never the content of a case."""
