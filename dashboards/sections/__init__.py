"""Parts of a page with choices of their own, where a page would otherwise grow beyond what can be read in one go."""
