"""People, firms and agencies: who they are and what they may do."""
