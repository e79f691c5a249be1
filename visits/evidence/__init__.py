"""The evidence chain: checkpoints and verification."""
