"""Visit reports: their content, signatures, digest and printed form."""
