"""How the model of the recogniser is learnt and measured: ``make recogniser DATA=folder``.

``labelled`` reads sentences whose names are labelled, ``tables`` makes the tables that traits look
words up in, ``learning`` makes weights, ``speed`` tells speed and memory, and the package itself,
run as a program, measures by folds and writes the model that is shipped. Nothing here is needed to
recognise.
"""
