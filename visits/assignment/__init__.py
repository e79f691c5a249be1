"""The draw of the inspector: seed, candidates, probabilities, replacement."""
