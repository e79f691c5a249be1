"""The dialect of ASYCUDA World: its declaration (SAD) XML in, nothing else of it leaves this folder."""
