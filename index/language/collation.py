"""The order of the Swedish alphabet."""

from typing import Final

# Å, Ä, Ö in this order after Z; by their code points they would be Ä, Å, Ö.
_ALPHABET: Final = str.maketrans("åäö", "{|}")


def sort_key(text: str) -> tuple[str, str]:
    """What to sort names by: å ä ö come last, capitals count only between equals.

    >>> sorted(["Örebro", "Ängelholm", "Åmål", "Zorn", "avesta"], key=sort_key)
    ['avesta', 'Zorn', 'Åmål', 'Ängelholm', 'Örebro']
    """
    return text.lower().translate(_ALPHABET), text
