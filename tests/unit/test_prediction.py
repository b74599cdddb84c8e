"""Suggestions: the decision order, what counts as a source, and what every prediction promises."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from growth import LINEAR, growth
from hypothesis import given
from hypothesis import strategies as st

from annotator.labels import Label
from annotator.models import Article, BlockKind, Language, Prediction, Unit, UnitKind
from annotator.package_data import read_table
from annotator.prediction import CuePredictor
from annotator.prediction.entries import compiled, split
from annotator.prediction.lexicon import folded, languages, load_lexicon
from annotator.prediction.patterns import parsed
from annotator.text import digest

DATA = Path(__file__).parents[1] / "gates" / "data"
GOLDEN = {"3": "9bb400b2e586b606"}
SOURCED, UNSOURCED, OPINION, RHETORIC = Label.SOURCED, Label.UNSOURCED, Label.OPINION, Label.RHETORIC


def article_of(texts: Sequence[str], *, tag: str = "fr", blocks: Sequence[BlockKind] = ()) -> Article:
    """Return an article whose units are the texts, all in one paragraph where no blocks are given."""
    kinds = blocks or [BlockKind.PARAGRAPH] * len(texts)
    starts = [sum(len(text) + 1 for text in texts[:position]) for position in range(len(texts))]
    units = tuple(
        Unit(
            unit_id=f"a:{position}",
            position=position,
            kind=UnitKind.SENTENCE,
            block=kind,
            block_index=position if blocks else 0,
            start=start,
            end=start + len(text),
            text=text,
            language=Language(tag=tag),
        )
        for position, (text, kind, start) in enumerate(zip(texts, kinds, starts, strict=True))
    )
    return Article(article_id="a", revision="0" * 16, text=" ".join(texts), units=units)


def labels(*texts: str, tag: str = "fr", blocks: Sequence[BlockKind] = ()) -> list[Label | None]:
    return [prediction.label for prediction in CuePredictor().predict(article_of(texts, tag=tag, blocks=blocks))]


def labelled_texts(language: str) -> list[str]:
    with (DATA / f"labels_{language}.tsv").open(encoding="utf-8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def every_prediction() -> Iterator[tuple[str, Prediction]]:
    for language in languages():
        texts = labelled_texts(language)
        yield from zip(texts, CuePredictor().predict(article_of(texts, tag=language)), strict=True)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        pytest.param("Selon la préfecture, le pont rouvrira en mai.", SOURCED, id="according to"),
        pytest.param("« Le pont rouvrira en mai », a promis la directrice.", SOURCED, id="quotation"),
        pytest.param("« Le dossier est clos », s’est défendu le maire.", SOURCED, id="reflexive verb"),
        pytest.param("Le maire estime que le projet est absurde.", SOURCED, id="reported opinion"),
        pytest.param("Il a ajouté que les travaux dureraient un an.", SOURCED, id="carried over"),
        pytest.param("Le contrat interdit toute revente.", SOURCED, id="document as the ground"),
        pytest.param("Le tribunal a annulé l’arrêté.", SOURCED, id="act of a body"),
        pytest.param("Nous avons compté trois seaux dans le couloir.", SOURCED, id="own observation"),
        pytest.param("Contactée, l’entreprise n’a pas souhaité répondre.", SOURCED, id="silence told"),
        pytest.param("Selon la police, trois personnes auraient été blessées.", SOURCED, id="hedged with origin"),
        pytest.param("Le suspect aurait fui par les toits.", UNSOURCED, id="hedged without origin"),
        pytest.param("Certains affirment que la facture doublera.", UNSOURCED, id="some say"),
        pytest.param("On dit que le maire démissionnera.", UNSOURCED, id="one says"),
        pytest.param("Des experts estiment que la hausse durera.", UNSOURCED, id="experts"),
        pytest.param("Selon certains, la hausse durera.", UNSOURCED, id="according to some"),
        pytest.param("Le maire a inauguré la halle samedi.", UNSOURCED, id="action of a person"),
        pytest.param("Le chantier a coûté 4,2 millions d’euros.", UNSOURCED, id="bare number"),
        pytest.param("Comment 400 dossiers ont-ils pu disparaître ?", UNSOURCED, id="figure taken for granted"),
        pytest.param("C’est faux.", UNSOURCED, id="verdict"),
        pytest.param("Il faut rouvrir la ligne sans attendre.", OPINION, id="advice"),
        pytest.param("Je crois que la ville s’est trompée.", OPINION, id="author’s belief"),
        pytest.param("Malheureusement, la leçon n’a pas été retenue.", OPINION, id="adverb"),
        pytest.param("Quelle honte !", OPINION, id="indignation"),
        pytest.param("La situation est franchement absurde.", OPINION, id="judging predicate"),
        pytest.param("Qui peut encore le croire ?", RHETORIC, id="rhetorical question"),
        pytest.param("La vie politique, c’est un peu comme Game of Thrones.", RHETORIC, id="lens"),
        pytest.param("Trahisons, coups bas, alliances secrètes…", RHETORIC, id="series without verb"),
        pytest.param("Quel cirque !", RHETORIC, id="exclamation"),
        pytest.param("Accrochez-vous.", RHETORIC, id="call to the reader"),
    ],
)
def test_french_unit_follows_the_decision_order(text: str, label: Label) -> None:
    assert labels(text) == [label]


@pytest.mark.parametrize(
    ("tag", "text", "label"),
    [
        pytest.param("fr", "La réforme de 2019 restera une occasion gâchée.", OPINION, id="year in a judgement"),
        pytest.param("fr", "Le plan covid-19 servira d’alibi à tout.", OPINION, id="digits of a name"),
        pytest.param("fr", "Il a reçu le prix « meilleur espoir du spectacle » à Brax.", UNSOURCED, id="quoted title"),
        pytest.param("fr", "Le dessous des ailes varie selon les espèces.", None, id="depending on"),
        pytest.param("fr", "À la demande des riverains, la rue a été fermée.", UNSOURCED, id="noun of a verb"),
        pytest.param("fr", "Leurs silences rappellent trop notre lâcheté.", OPINION, id="abstract subject"),
        pytest.param("fr", "Le café a laissé place à un parking.", UNSOURCED, id="cue inside a phrase"),
        pytest.param("fr", "Il est bien connu que la rue est sale.", UNSOURCED, id="well known"),
        pytest.param("fr", "Comme l’a dit le chanteur Malo, il faudrait rire de tout.", SOURCED, id="as somebody said"),
        pytest.param("fr", "« Qui va payer ? », s’interroge la députée Marine Roy.", SOURCED, id="asked aloud"),
        pytest.param("fr", "Nous avons découvert une auberge près du port.", SOURCED, id="own experience"),
        pytest.param("fr", "Traduit par l’équipe du site Passerelle", None, id="credit"),
        pytest.param("fr", "Faut-il éviter de se rendre dans ce pays ?", None, id="genuine question"),
        pytest.param("fr", "Ce résultat provient à hauteur de 18,5 ME de la hausse.", UNSOURCED, id="capitals"),
        pytest.param("en", "The F.B.I. opened an office in the town.", UNSOURCED, id="I in an abbreviation"),
        pytest.param("en", "''The rule should be dropped,'' Ms. Harlow said.", SOURCED, id="doubled apostrophes"),
        pytest.param("en", "Ms. Harlow, a baker, said there was less bread.", SOURCED, id="apposition"),
        pytest.param("en", "The union called on the mayor to resign.", SOURCED, id="phrasal verb"),
        pytest.param("fr", "Le studio quitte Hollywood pour Lyon.", UNSOURCED, id="place of comparisons"),
        pytest.param("fr", "Le poste a été confié à la place à la région.", UNSOURCED, id="call inside a clause"),
        pytest.param("fr", "López a quitté le club.", UNSOURCED, id="name that ends like a call"),
        pytest.param("fr", "N’hésitez pas à nous écrire.", RHETORIC, id="call to the reader, fr"),
        pytest.param("fr", "Le plan tient, disant que le pont est prêt.", SOURCED, id="gerund of a reporting verb"),
        pytest.param("fr", "Et c’est une belle ville ».", SOURCED, id="end of a quotation"),
        pytest.param("en", "Please feel free to call us.", RHETORIC, id="call to the reader, en"),
        pytest.param("en", "The bridge is unsafe, said Mara Harlow.", SOURCED, id="speaker behind the verb"),
        pytest.param("en", "Rents will fall, the analyst believes.", SOURCED, id="belief of somebody"),
        pytest.param("en", "These alleged members were charged in May.", UNSOURCED, id="verb as an adjective"),
        pytest.param("en", "The sum is not to be paid at once, but in parts.", None, id="words that only link"),
        pytest.param("en", "It was very hard, and we all knew it.", OPINION, id="words of an argument"),
        pytest.param("de", "Klicken Sie hier, um mehr zu lesen.", RHETORIC, id="call to the reader, de"),
        pytest.param("de", "Ein Bäcker verdient 2300 Euro im Monat.", UNSOURCED, id="earns, not deserves"),
        pytest.param("es", "No dude en escribirnos.", RHETORIC, id="call to the reader, es"),
        pytest.param("es", "El pasajero no puede ser nombrado.", None, id="passive is no judgement"),
        pytest.param("en", "As a recent study shows, hens sleep more.", SOURCED, id="as a study shows"),
        pytest.param("en", "Scientists say the lake is warming.", None, id="plural of nobody in particular"),
        pytest.param("en", "- Why do you walk around in red?", None, id="interviewer's question"),
        pytest.param("fr", "Comment fonctionne le contrôle en Allemagne ?", None, id="question that only asks how"),
        pytest.param("en", "The king sent a man to claim a share.", None, id="verb of saying as another verb"),
        pytest.param("fr", "Les travaux devraient finir en juin.", UNSOURCED, id="expected, not advised"),
        pytest.param("es", "Dicen que el tren no vuelve.", UNSOURCED, id="they say"),
        pytest.param("de", "Die FDP werde sich an den Gesprächen nicht beteiligen.", SOURCED, id="reported speech"),
    ],
)
def test_what_real_text_showed_to_be_wrong_is_right(tag: str, text: str, label: Label | None) -> None:
    assert labels(text, tag=tag) == [label]


def test_every_suggestion_of_no_source_says_what_is_checkable() -> None:
    given = [prediction.cues for _, prediction in every_prediction() if prediction.label is UNSOURCED]
    assert [cues for cues in given if not any(cue.text for cue in cues)] == []


@pytest.mark.parametrize(
    ("tag", "text", "label"),
    [
        ("en", "According to the coroner, nobody was to blame.", SOURCED),
        ("en", "Some say the branch will close.", UNSOURCED),
        ("en", "Who saw that coming?", RHETORIC),
        ("en", "The council should have asked first.", OPINION),
        ("es", "Según el informe, faltan 40 plazas.", SOURCED),
        ("es", "Se dice que el puente cerrará en mayo.", UNSOURCED),
        ("es", "¿Quién se lo cree?", RHETORIC),
        ("es", "Es una vergüenza que nadie responda.", OPINION),
        ("de", "Die Behörde erklärte, der Damm sei sicher.", SOURCED),
        ("de", "Viele glauben, der Damm sei brüchig.", UNSOURCED),
        ("de", "Wer soll das noch glauben?", RHETORIC),
        ("de", "Leider kommt die Hilfe zu spät.", OPINION),
    ],
)
def test_other_languages_follow_the_same_order(tag: str, text: str, label: Label) -> None:
    assert labels(text, tag=tag) == [label]


def test_sentence_inside_an_open_quotation_belongs_to_its_speaker() -> None:
    speech = ("« Le plan est absurde.", "Il faut le retirer.", "Qui le défend ? », demande la présidente.")
    assert labels(*speech) == [SOURCED, SOURCED, SOURCED]


def test_quotation_that_nothing_closes_ends_with_its_unit() -> None:
    assert labels("« Le plan est prêt depuis un an.", "Il faut le retirer.")[1] == OPINION


def test_list_items_follow_their_lead_in() -> None:
    item = BlockKind.LIST_ITEM
    texts = ("Le rapport de l’agence pointe deux causes :", "- le gel de mars ;", "- la taille tardive.")
    assert labels(*texts, blocks=(BlockKind.PARAGRAPH, item, item)) == [SOURCED] * 3


def test_list_without_a_sourced_lead_in_stands_alone() -> None:
    texts = ("Le gel a fait deux victimes :", "- un verger de 12 hectares.")
    assert labels(*texts, blocks=(BlockKind.PARAGRAPH, BlockKind.LIST_ITEM))[1] == UNSOURCED


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The new model scores 71 on the public test. pic.twitter.com/aB3dE5fG7h", SOURCED),
        ("Who would have guessed…", RHETORIC),
    ],
)
def test_post_has_its_author_as_source_unless_it_only_mocks(text: str, label: Label) -> None:
    assert labels(text, tag="en", blocks=(BlockKind.POST,)) == [label]


def test_figure_that_several_units_share_is_the_subject_of_the_article() -> None:
    wolves = ("Les loups sont de retour dans la vallée.", "Trois loups vivent près du col.")
    assert RHETORIC not in labels(*wolves)


def test_language_without_cues_gets_no_suggestion() -> None:
    [prediction] = CuePredictor().predict(article_of(["昨日、橋が閉鎖された。"], tag="ja"))
    assert (prediction.label, prediction.score, prediction.cues) == (None, None, ())


def test_too_little_text_to_tell_goes_with_the_article() -> None:
    article = article_of(["Vraiment ?"], tag="und").model_copy(update={"language": Language(tag="fr-CA")})
    assert CuePredictor().predict(article)[0].label == RHETORIC


def test_below_the_threshold_the_label_is_none_and_the_rest_stays() -> None:
    article = article_of(["Selon la préfecture, le pont rouvrira."])
    [kept] = CuePredictor(min_score=0.6).predict(article)
    [dropped] = CuePredictor(min_score=1.0).predict(article)
    assert dropped == kept.model_copy(update={"label": None})


def test_reason_shows_the_words_it_rests_on() -> None:
    [prediction] = CuePredictor().predict(article_of(["D’après la mairie, tout est prêt."]))
    assert [(cue.start, cue.text) for cue in prediction.cues] == [(0, "D’après")]


def test_reason_without_words_has_an_empty_span() -> None:
    [prediction] = CuePredictor().predict(article_of(["Le pont a fermé lundi."]))
    assert (prediction.cues[0].name, prediction.cues[0].start, prediction.cues[0].end) == ("no source named", 0, 0)


def test_cues_are_words_of_the_unit() -> None:
    found = [
        (text[cue.start : cue.end], cue.text) for text, prediction in every_prediction() for cue in prediction.cues
    ]
    assert [seen for seen, _ in found] == [said for _, said in found]


def test_same_article_gives_the_same_predictions() -> None:
    assert list(every_prediction()) == list(every_prediction())


@given(st.lists(st.text(max_size=80), max_size=6), st.sampled_from(languages()))
def test_any_text_gives_one_prediction_per_unit(texts: list[str], tag: str) -> None:
    predictions = CuePredictor().predict(article_of(texts, tag=tag))
    assert [prediction.unit_id for prediction in predictions] == [f"a:{place}" for place in range(len(texts))]
    cues = [(texts[place], cue) for place, prediction in enumerate(predictions) for cue in prediction.cues]
    assert all(text[cue.start : cue.end] == cue.text for text, cue in cues)


@given(st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(folded(text)) == len(text)


@pytest.mark.parametrize("piece", ["le le ", "a", "« a ", ", a", "1 000 ", "le ministre a dit que "])
def test_cost_stays_linear_on_hostile_text(piece: str) -> None:
    def predict(text: str) -> list[Prediction]:
        return CuePredictor().predict(article_of([text]))

    predict("Le pont est fermé.")  # the cues are compiled once
    assert growth(predict, lambda length: (piece * length)[:length], 8_000) <= LINEAR


@pytest.mark.parametrize("language", languages())
def test_looking_words_up_finds_what_all_entries_joined_would(language: str) -> None:
    lexicon, table = load_lexicon(language), read_table("annotator.prediction.cues", f"{language}.toml")
    lists = [entries for lists in table["cues"].values() for entries in lists.values()]
    joined = [compiled(entries, table["terms"]) for entries in lists]
    for text in map(folded, labelled_texts(language)[::4]):
        words = lexicon.read(text)
        for number, pattern in enumerate(joined):
            spans = [match.span() for match in pattern.finditer(text)]
            assert (list(words.matches(number)), words.any_match(number)) == (spans, bool(spans)), text


def test_no_entry_has_alternatives_outside_parentheses() -> None:
    tables = [read_table("annotator.prediction.cues", f"{language}.toml") for language in languages()]
    lists = [entries for table in tables for lists in table["cues"].values() for entries in lists.values()]
    every = [entry for entries in lists for entry in split(entries)]
    assert [entry for entry in every if len(parsed(entry)) > 1] == []


def test_output_changes_only_with_the_version() -> None:
    lines = [prediction.model_dump_json() for _, prediction in every_prediction()]
    assert digest("\n".join(lines), 16) == GOLDEN[CuePredictor.version], "output changed: raise VERSION, then pin anew"
