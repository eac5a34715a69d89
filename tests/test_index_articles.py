"""Articles as they are stored: what goes in comes out."""

import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles import Article, from_json, to_json
from index.dates import PartialDate

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.lists(texts, max_size=3).map(tuple)
dates = st.sampled_from(["2022", "2022-12", "2022-12-19", "2022-12-19T08:15+01:00"])
perhaps_dates = st.none() | dates.map(PartialDate.parse)
articles = st.builds(
    Article,
    id=texts.filter(bool),
    title=texts,
    lead=texts,
    body=texts,
    published=perhaps_dates,
    updated=perhaps_dates,
    source=texts,
    authors=values,
    language=st.sampled_from(["sv", "en"]),
    persons=st.none() | values,
    places=st.none() | values,
)


@given(articles)
def test_a_stored_article_comes_back_whole(article: Article) -> None:
    found = from_json(to_json(article))
    assert (found, repr(found), hash(found)) == (article, repr(article), hash(article))
    assert pickle.loads(pickle.dumps(found)) == article


def test_a_stored_article_stays_as_it_is() -> None:
    found = from_json(to_json(Article(id="a", title="Regn")))
    with pytest.raises(FrozenInstanceError):
        found.title = "Snö"  # type: ignore[misc]
