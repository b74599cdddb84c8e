"""When reading gives something else, its version must change, since it stands in every signature."""

from __future__ import annotations

import hashlib
from pathlib import Path

from annotator.models import Article
from annotator.readers import markdown, read
from annotator.readers.article import VERSION
from annotator.settings import Fields

GOLDEN = {"7/1": "2d1f2c9a370acced"}
TEXTS = {
    "a.txt": b" date 2025-01 Une phrase.\r\n\r\nUne autre.",
    "b.txt": "Titre : Un titre\nDate : 2024-05-01\n\nLe corps e\u0301crit.".encode(),
    "c.txt": b'---\ntitle: "Un titre"\ntags: [a]\nurl: https://x.example/1\n---\nLe corps.',
    "d.txt": "Déjà vu, « à l’été ».".encode("cp1252"),
    "f.txt": b"Date: 2025-01-03\nTitle: Un titre\nSource: Le Journal\n\nLe corps.",
    "g.txt": "Source : un proche du dossier dit que c'est faux.\n\nLe ministre d\u00e9ment.".encode(),
    "h.txt": b"---\ntitle: >\n  Un titre sur\n  deux lignes\ndate: 2025-01 # en gros\n---\nLe corps.",
    "i.txt": b"---\ntitle: 'L''automne'\nsource: Le Journal : Paris\n---\nLe corps.",
    "j.txt": b"Un titre\n\nsource: Le Journal\nrubrique: Ville\nurl: https://x.example/1\n\nLe corps.",
    "k.md": b"Source: Le Journal\n\n# Un titre\n\nLe **corps** est [ici](https://x.example/1).\n\n- Un.\n",
    "e.jsonl": b'{"id": 3, "title": "Un titre", "text": "Le corps."}\n'
    b'{"text": "Un titre\\n\\nSuite.", "title": "Un titre"}\n'
    b'{"text": "Un titre est court.", "title": "Un titre"}',
}


def test_what_reading_gives_changes_only_with_its_version(tmp_path: Path) -> None:
    for name, content in TEXTS.items():
        (tmp_path / name).write_bytes(content)
    articles = [one for one in read([str(tmp_path)], fields=Fields()) if isinstance(one, Article)]
    lines = "\n".join(one.model_dump_json(exclude={"source_file", "schema_version"}) for one in articles)
    assert hashlib.sha256(lines.encode()).hexdigest()[:16] == GOLDEN[f"{VERSION}/{markdown.VERSION}"]
