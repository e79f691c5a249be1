"""What people are told: who, on which channel, in which words; sent elsewhere (visits/notify)."""
