"""The evidence pack: one area's figures, sentences, caveats and sources as a dated PDF.

`content` says what the pack holds, from the same rows and words as the pages; `pictures` draws, `typesetting` sets.
"""
