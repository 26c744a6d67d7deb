"""Versions: immutable parts, a manifest, one link that moves, and everything that reads through it.

`publisher.publish_version` writes; `reader` reads; `versions` lists, verifies, rolls back and prunes. This file
imports nothing, so that a command that only reads never pays for what only a publisher needs.
"""
