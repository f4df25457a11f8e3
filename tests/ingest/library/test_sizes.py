from pathlib import Path

from ingest.library.sizes import files_below, size_of


def test_files_that_are_gone_by_the_time_they_are_counted_take_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("a", "folder/b"):
        (tmp_path / name).write_bytes(b"12345")
    files = files_below(tmp_path)
    first = next(files)
    (tmp_path / "folder" / "b").unlink()
    assert size_of([first, *files, tmp_path / "never there"]) == 5
    assert size_of(files_below(tmp_path / "no folder")) == 0
