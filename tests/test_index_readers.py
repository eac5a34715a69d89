"""Files in, articles and errors out."""

import gzip
import os
import tempfile
from pathlib import Path

import orjson
import pytest

from index.articles import Article
from index.errors import ArticleError, SourceError
from index.readers import find_files, jsonlines, read_articles, text

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1"


def read(path: Path) -> list[Article | ArticleError]:
    articles: list[Article | ArticleError] = []
    for file in find_files([path]):
        articles += [file] if isinstance(file, ArticleError) else read_articles(file)
    return articles


def article_in(path: Path, data: bytes) -> Article:
    path.write_bytes(data)
    (article,) = read(path)
    assert isinstance(article, Article), article
    return article


def error_in(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    (error,) = read(path)
    assert isinstance(error, ArticleError), error
    return str(error)


@pytest.mark.parametrize(
    "data",
    [
        "Räv i Malmö.\n\nDen åt.".encode(),
        "Räv i Malmö.\r\n\r\nDen åt.\r\n".encode("utf-8-sig"),
        "Räv i Malmö.\r\rDen åt.".encode("latin-1"),
        "Räv i Malmö.\n\nDen åt.".encode("utf-16"),
    ],
)
def test_text_in_several_encodings(tmp_path: Path, data: bytes) -> None:
    article = article_in(tmp_path / "a.txt", data)
    assert (article.title, article.body) == ("Räv i Malmö.", "Räv i Malmö.\n\nDen åt.")


def test_windows_quotes_in_latin_1(tmp_path: Path) -> None:
    assert article_in(tmp_path / "a.txt", b"Han sa \x94nej\x94 \x96 tv\xe5 g\xe5nger.").body == (
        "Han sa ”nej” – två gånger."
    )


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("Regn i Lund\n\nDet regnar.", "Regn i Lund"),
        ("Det regnar i Lund. Mycket.", "Det regnar i Lund."),
        ("Kl. 14.30 kom bl.a. Karl XII. Sedan regn.", "Kl. 14.30 kom bl.a. Karl XII."),
        ("Han sa ”nej!” Sedan gick han.", "Han sa ”nej!”"),
        ("En rad utan punkt\nNästa rad.", "En rad utan punkt"),
    ],
)
def test_the_title_of_a_text(content: str, title: str) -> None:
    assert text.split_title(content)[0] == title


def test_a_long_first_sentence_is_cut_at_a_word() -> None:
    title, body = text.split_title("ord " * 500)
    assert len(title) <= 202
    assert title.endswith("ord …")
    assert body.startswith("ord ord")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PNG, "binary data"),
        (b"", "holds no text"),
        (b" \n\t\n", "holds no text"),
        (b"\xff\xfea", "UTF-16"),
        (b"a" * (text.MAX_FILE + 1), "larger than 16 MiB"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, data: bytes, reason: str) -> None:
    assert reason in error_in(tmp_path / "bild.txt", data)


def test_all_keys_of_a_json_article(tmp_path: Path) -> None:
    record = {
        "id": "a/1", "title": " T ", "lead": "L", "body": "B\r\nb", "published": "2022-12",
        "updated": "2022-12-19T08:00:00+01:00", "source": "S", "section": "utrikes",
        "authors": ["Eva Ek", "Eva Ek", ""], "url": "https://a.example/1", "language": "EN",
        "persons": ["P"], "places": [], "organisations": None, "okänd": {"a": 1},
    }  # fmt: skip
    article = article_in(tmp_path / "a.jsonl", orjson.dumps(record))
    assert (article.id, article.title, article.body) == ("a/1", "T", "B\nb")
    assert (str(article.published), str(article.updated)) == (
        "2022-12",
        "2022-12-19T08:00:00+01:00",
    )
    assert (article.authors, article.language) == (("Eva Ek",), "en")
    assert (article.persons, article.places, article.organisations) == (("P",), (), None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": ', "not JSON"),
        ("[1]", "expected a JSON object, found a list"),
        ('"text"', "found a string"),
        ('{"title": 7}', '"title" must be a string, not the number 7'),
        (
            '{"title": "a", "authors": {"a": 1}}',
            '"authors" must be a list of strings, not an object',
        ),
        ('{"title": "a", "persons": ["b", null]}', '"persons" must hold strings only, not null'),
        ('{"id": "1", "title": "", "body": " \\n"}', "no text in title, lead or body"),
        ('{"title": "a", "published": "2023-02-30"}', '"published": "2023-02-30" is no date'),
        ('{"title": "a", "published": 2023}', '"published" must be a string'),
        ('{"title": "a", "id": true}', '"id" must be a string, not true or false'),
        ('{"title": "\\ud800"}', "not JSON"),
        ('{"title": "a", "id": "' + "x" * 600 + '"}', "600 characters long"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "först"}\n\n' + line + '\n{"title": "sist"}')
    first, error, last = read(path)
    assert isinstance(first, Article)
    assert isinstance(last, Article)
    assert isinstance(error, ArticleError)
    assert (error.line, str(path) in str(error)) == (3, True)
    assert reason in error.reason


def test_invalid_utf8_is_an_error_of_its_line(tmp_path: Path) -> None:
    assert ":1: not UTF-8" in error_in(tmp_path / "a.jsonl", b'{"title": "\xe5"}')


def test_a_line_too_long_to_hold_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b'{"title": "' + b"x" * (50 * 2**20) + b'"}\n{"title": "kvar"}\n')
    error, article = read(path)
    assert isinstance(error, ArticleError)
    assert (error.line, error.reason) == (1, "the line is longer than 16 MiB")
    assert isinstance(article, Article)


def test_a_line_of_the_longest_allowed_length(tmp_path: Path) -> None:
    shell = b'{"title": ""}'
    data = shell.replace(b'""', b'"' + b"x" * (jsonlines.MAX_LINE - len(shell) - 1) + b'"')
    assert len(article_in(tmp_path / "a.jsonl", data + b"\n").title) > 2**20


def test_damaged_gzip_is_reported_after_what_could_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    whole = gzip.compress(b'{"title": "ett"}\n' * 50_000)
    path.write_bytes(whole[: len(whole) // 2])
    *articles, error = read(path)
    assert articles
    assert isinstance(error, ArticleError)
    assert "gzip data is damaged" in error.reason
    assert "gzip data is damaged" in error_in(tmp_path / "b.jsonl.gz", b"no gzip at all")


def ids(*sources: Path) -> list[str]:
    return [a.id for source in sources for a in read(source) if isinstance(a, Article)]


def test_ids_follow_the_file_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in ("2022", "2023"):
        folder = tmp_path / year / "text"
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("En text.")
        (folder / "b.jsonl").write_text('{"title": "a"}\n{"title": "b", "url": "http://b"}\n')
    first, second = ids(tmp_path / "2022"), ids(tmp_path / "2023" / "text")
    assert len({*first, *second}) == 5  # the same URL is the same article
    monkeypatch.chdir(tmp_path / "2022")
    assert ids(Path("text/a.txt"), Path("../2022/text/b.jsonl")) == first
    assert len(find_files([tmp_path / "2022", tmp_path / "2022" / "text"])) == 2


def test_file_names_need_not_be_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe5r.txt"))
    path.write_text("En text.")
    (article,) = read(tmp_path)
    assert isinstance(article, Article)


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    (tmp_path / "arkiv").mkdir()
    (tmp_path / "arkiv" / "a.txt").write_text("En text.")
    (tmp_path / "arkiv" / "runt").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "arkiv" / "borta.txt").symlink_to(tmp_path / "saknas.txt")
    (tmp_path / "länk").symlink_to(tmp_path / "arkiv", target_is_directory=True)
    article, error = read(tmp_path / "länk")
    assert isinstance(article, Article)
    assert isinstance(error, ArticleError)
    assert "borta.txt: cannot be read: No such file" in str(error)


def test_a_folder_that_may_not_be_read_is_named() -> None:
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "a.txt").write_text("En text.")
        (folder / "låst").mkdir(mode=0o000)
        try:
            if user == 0:  # root may read every folder, so be somebody else for a moment
                os.seteuid(65534)
            article, error = read(folder)
        finally:
            os.seteuid(user)
    assert isinstance(article, Article)
    assert "låst: cannot be read: Permission denied" in str(error)


def test_a_byte_order_mark_does_not_hide_the_first_line(tmp_path: Path) -> None:
    assert article_in(tmp_path / "a.jsonl", b'\xef\xbb\xbf{"title": "a"}').title == "a"


def test_a_folder_gives_the_files_that_a_reader_knows_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.JSONL", "README.md", ".hidden.txt", ".git/d.txt", "a/e.jsonl.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    found = [str(path)[len(str(tmp_path)) + 1 :] for path in find_files([tmp_path])]
    assert found == ["a/c.JSONL", "a/e.jsonl.gz", "b.txt"]


@pytest.mark.parametrize(
    ("name", "reason"), [("saknas", "no such file"), ("a.pdf", "unknown kind")]
)
def test_sources_that_cannot_be_meant(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(SourceError, match=reason):
        find_files([tmp_path / name])


def test_a_file_that_vanishes_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}")
    files = find_files([path])
    path.unlink()
    assert isinstance(files[0], Path)
    (error,) = read_articles(files[0])
    assert isinstance(error, ArticleError)
    assert "cannot be read" in error.reason


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a\u0000b", "a b"),
        (r"a\bb\fc", "a b c"),
        (r"a\r\nb\rc", "a\nb\nc"),
        ("a\x7fb", "a b"),
        (r"a\nb\tc", "a\nb\tc"),
        (r"a\\u0000 \\r", r"a\u0000 \r"),
    ],
)
def test_control_characters_in_json_however_they_are_written(
    tmp_path: Path, written: str, read: str
) -> None:
    line = f'{{"title": " {written} ", "body": "x"}}'.encode()
    assert article_in(tmp_path / "a.jsonl", line).title == read
