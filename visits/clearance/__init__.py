"""The link to the clearance system: messages in, reports out."""
