"""Persons, places and organisations in Swedish articles.

An article's parts go in, mentions with canonical names come out; the facets count the names. Read
in this order:

``mentions``    what comes out: a span, its kind, its canonical name.
``recogniser``  the one door: ``Recogniser.recognise([title, lead, body])``.
``plain``       composed text without soft hyphens, with the way back to raw offsets.
``candidates``  runs of capitalised words, found without knowing any name.
``lexicon``     the lists under ``data/`` and what they say of a word: first name, place, cue.
``passage``     what stands around a span: the word before, an age or a verb after, quotes.
``reading``     what the rules read (a run with its words' signs) and hand on (a find).
``rules``       which words of a run are a name, and of which kind, with ``persons`` and
                ``organisations``; ``genitives`` says whether a final -s is one.
``tokens``      the text in pieces, words and marks; ``vocabulary`` numbers them.
``features``    what is said of a word and where it counts; ``naming`` has the features of a text
                by name, ``marks`` what the rules say as one of them.
``model``       the weights that were learnt and the labels they give, by loops in ``kernels``, of
                which ``plain_kernels`` is the twin without numba.
``finds``       names from the labels, with the rules' boundaries where both agree.
``canonical``   one name for each thing across the article: ``Putins`` is ``Vladimir Putin``.
``finder``      how another recogniser takes the place of rules and model, as ``spacy_finder``.
``explaining``  what speaks most for a name.
``building``    how the model is learnt and measured.

Works, ships, events, prizes, products and nationalities are none of the three kinds. The package
knows nothing of articles, indexes or queries, and reads no file but its own lists.
"""

from index.entities.mentions import Kind, Mention
from index.entities.recogniser import Recogniser, load_recogniser

__all__ = ["Kind", "Mention", "Recogniser", "load_recogniser"]
