"""Excerpts of real recordings that come with the package, with licence, citation and question."""
