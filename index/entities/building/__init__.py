"""How the model of the recogniser is learnt and measured: ``make recogniser DATA=folder``.

``labelled`` reads sentences whose names are labelled, ``learning`` makes weights of them, and the
package itself, run as a program, measures by folds and writes the model that is shipped. Nothing
here is needed to recognise.
"""
