"""Units: the invariants on any text, their ids and kinds, clauses, and who speaks."""

from __future__ import annotations

from itertools import pairwise

import pytest
from growth import LINEAR, growth
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator.langid import Identifier
from annotator.models import Article, Aside, Block, BlockKind, Language, Unit
from annotator.package_data import languages_in
from annotator.segmentation import RuleSegmenter, segment
from annotator.segmentation.clauses import split_clauses
from annotator.segmentation.long_sentences import LONGEST
from annotator.segmentation.rules import rules_for
from annotator.text import canonical, digest

IDENTIFIER = Identifier()
LANGUAGES = languages_in("annotator.segmentation.rules", ".toml")
CASE_4 = "Elle a dit : « Le budget est voté. Nous n'y reviendrons pas. » La séance a été levée."


class OneLanguage:
    """Takes every text for French, without a model."""

    name, version = "one", "1"

    def article(self, text: str, declared: str = "") -> Language:  # noqa: ARG002 - the protocol's
        return Language(tag="fr" if text else "und")

    def unit(self, text: str, prior: Language) -> Language:
        return prior if text else Language(tag="und")


def article_of(text: str, *, language: str = "fr", **fields: object) -> Article:
    known = {"article_id": "a", "revision": "r", "language": Language(tag=language, confidence=1.0)}
    return Article.model_validate({**known, "text": text, **fields})


def units_of(text: str, *, language: str = "fr", split: str = "sentence") -> tuple[Unit, ...]:
    segmenter = RuleSegmenter(split="clause" if split == "clause" else "sentence")
    return segmenter.segment(article_of(text, language=language), IDENTIFIER).units


def speakers(text: str, *, language: str = "fr") -> list[int | None]:
    """Return for each unit the position of the unit that names its speaker."""
    units = units_of(text, language=language)
    positions = {unit.unit_id: unit.position for unit in units}
    return [positions.get(unit.attribution_unit) for unit in units]


PIECES = [
    *"«»“”„\"'()[]–—-.!?…:;,#@ \n\t", "\n\n", "\n- ", "\n1. ", " \u202f", "\u00a0", "👍", "🤦‍♂️", "🇱🇧", "1️⃣", "e\u0301",
    "\u200b", "\u2028", "M. ", "Le maire part", "il", "U.S.A.", "etc.", "https://t.co/a", "pic.x.com/a", "@a (@b)",
    "12", "هذا خبر كاذب", "؟", "שלום", "这是一个句子。", "क्या", "।", "\ud800", "\x00", "\u202e", "Straße",
    "terminé.La ", "mot ; mot, " * 150, "z" * 1_500,
]  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.text(max_size=120))


def assert_covered_once(text: str, parts: list[tuple[int, int]]) -> None:
    for (_, end), (start, _) in pairwise([(0, 0), *parts, (len(text), len(text))]):
        assert end <= start
        assert not text[end:start].strip()


@given(raw=TEXTS, split=st.sampled_from(["sentence", "clause"]), head=st.integers(0, 12))
@settings(max_examples=400)
def test_every_character_is_in_exactly_one_unit_or_aside(raw: str, split: str, head: int) -> None:
    text, _ = canonical(raw)
    aside = Aside(start=0, end=min(head, len(text)), reason="metadata head")
    given_asides = (aside,) if text[: aside.end].strip() else ()
    segmenter = RuleSegmenter(split="clause" if split == "clause" else "sentence")
    article = segmenter.segment(article_of(text, asides=given_asides), OneLanguage())
    assert all(text[unit.start : unit.end] == unit.text for unit in article.units)
    assert [unit.position for unit in article.units] == list(range(len(article.units)))
    parts = [*((unit.start, unit.end) for unit in article.units), *((part.start, part.end) for part in article.asides)]
    assert_covered_once(text, sorted(parts))
    assert len({unit.unit_id for unit in article.units}) == len(article.units)
    assert all(
        article.blocks[unit.block_index].start <= unit.start < unit.end <= article.blocks[unit.block_index].end
        for unit in article.units
    )


@given(raw=TEXTS)
@settings(max_examples=100)
def test_same_input_gives_the_same_bytes(raw: str) -> None:
    article = article_of(raw.encode("utf-8", "ignore").decode())
    first, second = (RuleSegmenter().segment(article, IDENTIFIER).model_dump_json() for _ in range(2))
    assert first == second


@given(raw=TEXTS, language=st.sampled_from([*LANGUAGES, "it", "zh", "und"]))
@settings(max_examples=200)
def test_segment_covers_a_whole_document(raw: str, language: str) -> None:
    assert_covered_once(raw, segment(raw, language))


@given(raw=TEXTS, language=st.sampled_from(LANGUAGES))
@settings(max_examples=200)
def test_clauses_cover_the_sentence(raw: str, language: str) -> None:
    assert_covered_once(raw, [part for part in split_clauses(raw, rules_for(language)) if part[0] < part[1]])


def test_closing_guillemet_stays_with_the_sentence_it_closes() -> None:
    assert [unit.text for unit in units_of(CASE_4)] == [
        "Elle a dit : « Le budget est voté.",
        "Nous n'y reviendrons pas. »",
        "La séance a été levée.",
    ]
    assert speakers(CASE_4) == [None, 0, None]


def test_unit_id_is_the_hash_of_block_kind_and_text() -> None:
    [unit] = units_of("Le pont est fermé.")
    assert unit.unit_id == f"a:{digest('paragraphLe pont est fermé.', 12)}"


def test_repeated_unit_gets_a_suffix() -> None:
    first, second, third = (unit.unit_id for unit in units_of("Non merci. Non merci. Non merci."))
    assert (second, third) == (f"{first}.2", f"{first}.3")


def test_unit_id_survives_a_correction_elsewhere() -> None:
    before, after = units_of("Le pont est fermé. Il rouvrira."), units_of("Le pont est clos depuis hier. Il rouvrira.")
    assert before[1].unit_id == after[1].unit_id
    assert before[0].unit_id != after[0].unit_id


def test_list_item_of_two_sentences_is_two_units_of_its_kind() -> None:
    units = units_of("On sait :\n- le pont est vieux. Il fuit ;\n- la ville paie.")
    assert [unit.kind.value for unit in units] == ["sentence", "list_item", "list_item", "list_item"]


def test_caption_and_quote_blocks_give_their_kinds() -> None:
    text = "Le pont, vu du quai. Le pont tiendra."
    blocks = (Block(kind=BlockKind.CAPTION, start=0, end=20), Block(kind=BlockKind.QUOTE, start=21, end=len(text)))
    units = RuleSegmenter().segment(article_of(text, blocks=blocks), IDENTIFIER).units
    assert [(unit.kind.value, unit.block.value) for unit in units] == [("caption", "caption"), ("sentence", "quote")]


def test_aside_inside_a_block_is_no_unit() -> None:
    text = "Le pont tiendra. Photo : la mairie. Il rouvrira."
    credit = Aside(start=17, end=35, reason="credit")
    article = RuleSegmenter().segment(article_of(text, asides=(credit,)), IDENTIFIER)
    assert [unit.text for unit in article.units] == ["Le pont tiendra.", "Il rouvrira."]


def test_foreign_sentence_in_a_paragraph_has_its_own_language() -> None:
    units = units_of("Le pont est fermé depuis hier matin. Nobody knows when the bridge will open again.")
    assert [unit.language.tag for unit in units] == ["fr", "en"]


def test_article_in_several_languages_is_reported() -> None:
    text = "Le pont est fermé depuis hier.\n\nNobody knows when the bridge will open.\n\nThe town does not say why."
    article = RuleSegmenter().segment(article_of(text), IDENTIFIER)
    assert article.notes == ("several languages: en 2, fr 1",)


def test_script_without_blanks_is_cut_at_its_marks() -> None:
    units = units_of("旧桥已经关闭。谁来付钱？市政府没有回答。", language="zh")
    assert [unit.text for unit in units] == ["旧桥已经关闭。", "谁来付钱？", "市政府没有回答。"]


@pytest.mark.parametrize(
    ("text", "language"),
    [("هل أغلق الجسر؟ لا أحد يعرف.", "ar"), ("पुल बंद है। कोई नहीं जानता।", "hi"), ("Il ponte è chiuso. Chi paga?", "it")],
)
def test_other_languages_are_cut_by_neutral_rules(text: str, language: str) -> None:
    assert len(segment(text, language)) == 2


def test_bracket_left_open_guards_nothing() -> None:
    assert len(segment("Le score est de 3 à 2 (après prolongation. Le public hue. Deux joueurs sortent.", "fr")) == 3


def test_pointing_emoji_ends_no_sentence() -> None:
    assert len(segment("Toutes les preuves 👉 Le dossier complet est en ligne. Lisez-le.", "fr")) == 2


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le maire a refusé de répondre,| mais l'opposition demande une enquête."),
        ("fr", "Le texte a été voté ;| il sera appliqué en mars."),
        ("fr", "Le préfet a signé l'arrêté| et il a quitté la salle."),
        ("fr", "La ville a promis une aide,| or aucun euro n'a été versé,| et les communes attendent."),
        ("en", "The mayor has left,| but the council will vote."),
        ("es", "El pleno aprobó la medida,| pero la oposición pide un informe."),
        ("de", "Der Rat hat zugestimmt,| aber die Opposition will klagen."),
    ],
)
def test_clause_with_a_subject_of_its_own_is_cut(language: str, text: str) -> None:
    parts = [part.strip() for part in text.split("|")]
    units = units_of(text.replace("|", ""), language=language, split="clause")
    assert [(unit.text, unit.kind.value) for unit in units] == [(part, "clause") for part in parts]


@pytest.mark.parametrize(
    "text",
    [
        "La hausse des prix, et la baisse des salaires inquiètent.",
        "Quand il pleut et il vente, on reste.",
        "Elle a dit que le maire ment, et la ville paie.",
        "Non pas le maire, mais le préfet a signé.",
        "Trois villes sont citées : Lille ; Metz ; Nancy.",
        "Le maire « refuse tout, mais il ment » selon elle.",
        "Le pont (il est vieux, et il fuit) sera fermé.",
        "Il entre et sort.",
        "Le maire a lu le texte et signé la lettre.",
    ],
)
def test_what_is_no_pair_of_independent_clauses_stays_whole(text: str) -> None:
    assert [unit.kind.value for unit in units_of(text, split="clause")] == ["sentence"]


def test_credit_line_of_a_text_is_an_aside_and_no_title() -> None:
    text = "PHOTO AFP\n\nLe maire a dit oui.\n\n(Crédit photo : Reuters)\n\nPhoto de famille au sommet de l'OTAN."
    article = RuleSegmenter().segment(article_of(text), IDENTIFIER)
    assert [text[aside.start : aside.end] for aside in article.asides] == ["PHOTO AFP", "(Crédit photo : Reuters)"]
    assert {aside.reason for aside in article.asides} == {"credit"}
    assert [unit.text for unit in article.units] == ["Le maire a dit oui.", "Photo de famille au sommet de l'OTAN."]
    assert article.title == ""


def test_credit_that_is_not_a_whole_paragraph_stays_in_it() -> None:
    article = RuleSegmenter().segment(article_of("Photo : AFP\nLe maire a dit oui."), IDENTIFIER)
    assert article.asides == ()


def test_text_without_full_stops_is_cut_into_parts_at_blanks() -> None:
    text = "le mot suivant est encore un mot " * 3_000
    article = RuleSegmenter().segment(article_of(text), OneLanguage())
    lengths = [len(unit.text) for unit in article.units]
    assert max(lengths) <= LONGEST
    assert min(lengths) > LONGEST / 2
    assert_covered_once(text, [(unit.start, unit.end) for unit in article.units])
    assert all(text[unit.start : unit.end] == unit.text for unit in article.units)
    assert " ".join(unit.text for unit in article.units) == text.strip()
    assert article.notes == (f"{len(lengths)} units are parts of sentences of more than 2,000 characters",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("le vote est clos ;", "la suite vient", id="semicolon"),
        pytest.param("le vote est clos,", "la suite vient", id="comma"),
        pytest.param("le vote est clos", "\nla suite vient", id="line"),
    ],
)
def test_long_sentence_is_cut_where_a_reader_pauses(before: str, after: str) -> None:
    text = f"{'le mot suit le mot ' * 80}{before} {after}{' un mot suit le mot' * 80}"
    first, second = segment(text, "fr")
    assert text[slice(*first)].endswith(before)
    assert text[slice(*second)].startswith(after.strip())


def test_long_sentence_is_not_cut_inside_brackets_or_before_a_mark() -> None:
    text = "mot " * 240 + "(un, deux, trois, quatre) " + "12\u00a0000 : ; , 13\u202f% et " * 80
    for start, end in segment(text, "fr"):
        part = text[start:end]
        assert part.count("(") == part.count(")")
        assert part[0] not in ":;,%"
        assert not part.startswith("000")


def test_nothing_is_cut_inside_a_word_however_long_it_is() -> None:
    word = "x" * 3 * LONGEST
    assert segment(f"un mot {word} un mot", "fr") == [(0, 7 + len(word)), (8 + len(word), 14 + len(word))]


def test_sentence_within_the_limit_stays_whole() -> None:
    text = ("mot, " * LONGEST)[: LONGEST - 1] + "t"
    assert segment(text, "fr") == [(0, LONGEST)]


def test_clauses_are_cut_only_when_asked() -> None:
    assert len(units_of("Le maire a refusé, mais il a signé la lettre.")) == 1
    assert RuleSegmenter().version != RuleSegmenter(split="clause").version


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("fr", "« Rien n'est caché. Tout est là », assure le maire. Il a ajouté que la ville paierait.", [1, None, 1]),
        ("fr", "Le maire a été clair : « Rien n'est caché. Tout est là. » La salle rit.", [None, 0, None]),
        ("fr", "Le préfet a expliqué son choix. Selon lui, rien ne presse.", [None, 0]),
        ("fr", "Selon l'Insee, les prix montent. Les loyers aussi.", [None, None]),
        ("fr", "Elle a ajouté que rien ne presse.", [None]),
        ("en", "“We found rust. Nobody should sail,” the engineer said. She added it was unsafe.", [1, None, 1]),
        ("de", "„Alles ist gut. Es hält“, sagte die Ministerin. Sie ergänzte, das Geld sei da.", [1, None, 1]),
        ("es", "«No había sitio. Fue duro», explicó la asociación. Añadió que había firmas.", [1, None, 1]),
    ],
)  # fmt: skip
def test_unit_knows_the_unit_that_names_its_speaker(language: str, text: str, wanted: list[int | None]) -> None:
    assert speakers(text, language=language) == wanted


def test_pronoun_before_a_quotation_leads_to_the_name() -> None:
    assert speakers("Le maire a pris la parole, dit la presse. Il a dit : « Rien. Tout va bien. »") == [None, 0, 0]


def test_speaker_is_not_looked_for_far_away() -> None:
    far = "Le maire a expliqué son choix. " + "Le pont est vieux. " * 6
    assert speakers(f"{far}Il a ajouté que rien ne presse.")[-1] is None


@pytest.mark.parametrize(
    "piece",
    ["a", "(", '" ', ". ", "!", "😀 ", "#a ", "A. #a ", "[1]", "\n", " ", "https://", "www.", "l'", "1.1.", "– a ! ",
     "(...) ", "https://t.co/a ", "。", "\u200d", "- a\n", " ; il a "],
)  # fmt: skip
def test_cost_stays_linear_on_hostile_runs(piece: str) -> None:
    def segment(text: str) -> Article:
        return RuleSegmenter(split="clause").segment(article_of(text), OneLanguage())

    assert growth(segment, lambda length: (piece * length)[:length], 10_000) <= LINEAR


GOLDEN = (
    """Un pont sans fin

M. Aubry l'a dit : « Le pont est sûr. Rien ne bouge. » Il a ajouté que la ville paierait… Qui d'autre ?!

On sait :
- le prix ;
- la date, vers 18 h. Le lieu, non.

***

Lorge (@lorge)

Le pont reste ouvert, mais il fuit. pic.x.com/a

Photo : AFP

Vote du budget """
    + "et de la dette, puis de la loi " * 100
)


@pytest.mark.parametrize(
    ("split", "version", "hashed"),
    [("sentence", "5/sentence", "f37c8f2b465d0698"), ("clause", "5/clause", "0ae568e96f2adf46")],
)
def test_output_changes_only_with_the_version(split: str, version: str, hashed: str) -> None:
    segmenter = RuleSegmenter(split="clause" if split == "clause" else "sentence")
    article = segmenter.segment(article_of(GOLDEN), OneLanguage())
    assert (segmenter.version, digest(article.model_dump_json(include={"blocks", "asides", "units"}), 16)) == (
        version,
        hashed,
    )
