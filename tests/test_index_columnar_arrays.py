"""The container keeps arrays as they are, and notices when they are not."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from index.columnar.arrays import FOOTER, FORMAT, MAGIC, ArrayFile, ArrayWriter
from index.errors import SegmentError

DTYPES = st.sampled_from(["<u1", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8", ">u4", "?", "S3"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=3, min_side=0))
)
NAMES = st.text(min_size=1).filter(lambda name: name != FOOTER)


class Kept(io.BytesIO):
    """A file in memory whose content outlives it."""

    content = b""

    def close(self) -> None:
        self.content = self.getvalue()
        super().close()


def written(arrays: dict[str, Any], meta: dict[str, Any] | None = None) -> bytes:
    file = Kept()
    writer = ArrayWriter(file)
    for name, array in arrays.items():
        writer.add(name, array)
    writer.close(meta or {})
    return file.content


def example() -> dict[str, Any]:
    return {
        "numbers": np.arange(100, dtype=np.uint32),
        "matrix": np.linspace(0, 1, 12, dtype=np.float64).reshape(3, 4),
        "text": "räksmörgås".encode(),
        "nothing": np.empty(0, np.int64),
    }


@given(st.dictionaries(NAMES, ARRAYS, max_size=5))
def test_arrays_come_back_as_they_were(arrays: dict[str, NDArray[Any]]) -> None:
    file = ArrayFile.from_bytes(written(arrays, {"layout": "x", "n": [1, {"å": None}]}), "test")
    assert file.meta == {"layout": "x", "n": [1, {"å": None}]}
    assert file.names() == list(arrays)
    for name, array in arrays.items():
        back = file[name]
        assert back.shape == array.shape
        assert back.dtype == array.dtype.newbyteorder("<")
        assert np.array_equal(back, array) or np.isnan(array.astype("f8")).any()
        assert back.tobytes() == array.astype(back.dtype).tobytes()
        assert not back.flags.writeable
        assert file.nbytes(name) == array.nbytes
    assert file.damaged() == []


@given(st.lists(npst.arrays("<i4", st.integers(0, 20)), max_size=6))
def test_pieces_make_one_array(pieces: list[NDArray[np.int32]]) -> None:
    file = Kept()
    writer = ArrayWriter(file)
    writer.begin("long", np.int64)
    for piece in pieces:
        writer.extend(piece)
    writer.end()
    writer.add("after", b"x")
    writer.close({})
    back = ArrayFile.from_bytes(file.content, "test")
    assert back["long"].tolist() == [number for piece in pieces for number in piece]
    assert back["long"].dtype == np.int64
    assert back.damaged() == []


def test_a_file_is_mapped_and_aligned(tmp_path: Path) -> None:
    path = tmp_path / "a.col"
    path.write_bytes(written(example()))
    file = ArrayFile(path)
    assert file["text"].tobytes().decode() == "räksmörgås"
    assert "matrix" in file
    assert "vector" not in file
    with pytest.raises(KeyError):
        file["vector"]
    for name in file.names():
        assert file[name].ctypes.data % 64 == 0 or not file[name].size


def test_a_real_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.col"
    with path.open("wb") as raw:
        writer = ArrayWriter(raw)
        writer.add("numbers", np.arange(3))
        writer.close({})
    assert ArrayFile(path)["numbers"].tolist() == [0, 1, 2]


def test_arrays_outlive_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.col"
    path.write_bytes(written(example()))
    file = ArrayFile(path)
    numbers = file["numbers"]
    file.close()
    file.close()
    assert numbers.sum() == 4950
    with pytest.raises(ValueError, match="closed"):
        file["numbers"]


def test_every_damaged_byte_is_found() -> None:
    whole = written(example())
    file = ArrayFile.from_bytes(whole, "test")
    start = {name: whole.find(file[name].tobytes()) for name in ("numbers", "matrix", "text")}
    for name, offset in start.items():
        for place in range(offset, offset + file.nbytes(name)):
            broken = bytearray(whole)
            broken[place] ^= 0x10
            assert ArrayFile.from_bytes(bytes(broken), "test").damaged() == [name]


def test_a_damaged_header_or_footer_is_refused() -> None:
    whole = written(example(), {"a": 1})
    (footer,) = struct.unpack_from("<Q", whole, 12)
    for place in (*range(28), *range(footer, len(whole))):
        broken = bytearray(whole)
        broken[place] ^= 0x10
        with pytest.raises(SegmentError, match=r"^news\.col: "):
            ArrayFile.from_bytes(bytes(broken), "news.col")


def test_a_footer_that_changes_under_us_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.col"
    path.write_bytes(written(example(), {"a": 1}))
    file = ArrayFile(path)
    with path.open("r+b") as raw:
        raw.seek(-3, io.SEEK_END)
        raw.write(b"!")
    assert file.damaged() == [FOOTER]


def test_a_file_that_is_cut_off_is_refused() -> None:
    whole = written(example())
    for length in range(len(whole)):
        with pytest.raises(SegmentError, match=r"not a file of arrays|cut off"):
            ArrayFile.from_bytes(whole[:length], "test")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a file of arrays"),
        (b"PK\x03\x04" + bytes(100), "not a file of arrays"),
        (struct.pack("<8sIQII", MAGIC, FORMAT + 1, 28, 0, 0), "has format 4, this is 3"),
        (struct.pack("<8sIQII", MAGIC, FORMAT, 0, 0, 0), "never finished"),
        (struct.pack("<8sIQII", MAGIC, FORMAT, 28, 0, 0), "cannot be read"),
    ],
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "a.col"
    path.write_bytes(content)
    with pytest.raises(SegmentError, match=message):
        ArrayFile(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="No such file"):
        ArrayFile(tmp_path / "none.col")


def test_misuse_is_refused() -> None:
    writer = ArrayWriter(Kept())
    writer.add("a", b"")
    for name in ("a", FOOTER):
        with pytest.raises(ValueError, match="an array of that name"):
            writer.add(name, b"")
    with pytest.raises(ValueError, match="Python objects"):
        writer.add("objects", np.array([None]))
    for early in (writer.end, lambda: writer.extend(np.arange(1))):
        with pytest.raises(ValueError, match="no array is begun"):
            early()
    writer.begin("long", np.int32)
    with pytest.raises(ValueError, match="one dimension"):
        writer.extend(np.zeros((2, 2), np.int32))
    with pytest.raises(TypeError):
        writer.extend(np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="not ended"):
        writer.add("b", b"")
    with pytest.raises(ValueError, match="not ended"):
        writer.close({})
