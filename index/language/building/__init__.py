"""Builds the lexicon that is shipped in `index/language/data`: `make lexicon`.

Read in this order: `sources` (the word lists it is made of, and what they lost), `families` (how
productive each word is as the first or last part of compounds), `fitting` (the weights of a split,
with cross-validation) and `__main__`, which writes the files. None of this runs in the product; it
needs the libraries of the dependency group `lexicon`, which carry the lists.
"""
