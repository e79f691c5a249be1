"""What every page shares: languages, typography, drawings, the shell and its assets."""
