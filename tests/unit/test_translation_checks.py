from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.translation.checks import TextPair, check
from annotator.translation.numerals import numbers, word_values
from annotator.translation.repairs import repair


def codes(original: str, text: str, unknown: tuple[str, ...] = ()) -> list[str]:
    return [warning.code for warning in check(TextPair(original, text, "fr", "en", unknown))]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("1 234,5", "fr", ["1234.5"]),
        ("1\u202f234,5", "fr", ["1234.5"]),
        ("1.234,5", "de", ["1234.5"]),
        ("1,234.5", "en", ["1234.5"]),
        ("1,5 million", "fr", ["1500000"]),
        ("1.5 million", "en", ["1500000"]),
        ("25 milliards", "fr", ["25000000000"]),
        ("25 billion", "en", ["25000000000"]),
        ("25 thousand million", "en", ["25000000000"]),
        ("31 miles", "en", ["31"]),
        ("31 mil", "es", ["31000"]),
        ("19h30", "fr", ["19", "30"]),
        ("R2 et 5", "fr", ["5"]),
        ("１２月３日", "ja", ["12", "3"]),
        ("1万2千人、3億5000万円", "ja", ["12000", "350000000"]),
        ("1.5 亿，20 多万", "zh", ["150000000", "200000"]),
        ("제1형, 4,500만 달러", "ko", ["1", "45000000"]),
        ("ال٧٨ و ١٢٫٥ مليون", "ar", ["78", "12500000"]),
        ("1,5 млн и 3 тысячи", "ru", ["1500000", "3000"]),
        ("1,5 milyon", "tr", ["1500000"]),
        ("२ करोड़", "hi", ["20000000"]),
        ("พ.ศ. 2499", "th", ["2499"]),
    ],
)
def test_a_number_is_read_by_its_value(text: str, language: str, values: list[str]) -> None:
    assert [max(number.values) for number in numbers(text, language)] == [Decimal(value) for value in values]


def test_words_and_roman_numbers_have_values_too() -> None:
    assert Decimal(22) in word_values("vingt-deux", "fr")
    assert Decimal(21) in word_values("le XXIe siècle", "fr")
    assert {12, 300, 2019, 20_000_000} <= word_values("十二日に三百人、二〇一九年、两千万", "ja")


@pytest.mark.parametrize(
    ("original", "text", "code"),
    [
        ("Il a 1 234,5 euros.", "He has 1,234.5 euros.", ""),
        ("Il a 1 234,5 euros.", "He has 12,345 euros.", "number_mismatch"),
        ("À 19h30, il part.", "At 7:30 pm he leaves.", ""),
        ("Il a 3 chats.", "He has three cats.", ""),
        ("Le XXIe siècle.", "The 21st century.", ""),
        ("25 milliards d’euros", "25 million euros", "number_mismatch"),
        ("Les années 80.", "The 1980s.", ""),
        ("Il ne vient pas.", "He comes.", "lost_negation"),
        ("Il ne vient pas.", "He isn’t coming.", ""),
        ("Il n’y a que lui.", "There is only him.", ""),
        ("Non seulement lui, mais elle.", "He and she too.", ""),
        ("C’est sans doute lui.", "It is probably him.", ""),
        ("L’homme aurait fui.", "The man fled.", "hedge_lost"),
        ("L’homme aurait fui.", "The man reportedly fled.", ""),
        ("Selon lui, tout va bien.", "According to him, all is well.", ""),
        ("C’est Novalis qui paie.", "It is Novels who pays.", "lost_name"),
        ("L’ONU est à Londres.", "The UN is in London.", ""),
        ("Le Conseil de sécurité.", "The security board.", ""),
        ("Il dit « oui ».", 'He says "yes".', ""),
        ("Il dit « oui ».", "He says ‘yes’.", ""),
        ("Il dit « oui ».", "He says yes.", "quote_mismatch"),
        ("Il dit « oui ».", 'He says "".', "quote_mismatch"),
        ("Voir https://t.co/AbC_d", "See https://t.co/abc_d", "lost_link"),
        ("Il vient de Paris.", "He comes comes from Paris.", "repetition"),
        ("Le pont de Lyon reste fermé mardi.", "The bridge of Lyon remains wwwwwwww closed on Tuesday.", "repetition"),
        ("Très, très bien.", "Very, very good.", ""),
        ("Un fleuve débordé.", "A débordé river.", "untranslated"),
        ("Une question de science.", "A question of science.", ""),
        ("Oui.", "Yes it is the one and only one that we have ever had here.", "too_long"),
        ("Oui.", "  ", "empty"),
    ],
)
def test_each_fault_is_told_from_its_look_alike(original: str, text: str, code: str) -> None:
    assert codes(original, text) == ([code] if code else [])


@pytest.mark.parametrize(
    ("original", "text"),
    [
        pytest.param("Le préfet a saisi la justice et le maire hier.", "The prefect.", id="most of it"),
        pytest.param(
            "La réforme entre en vigueur en janvier pour tous ; elle coûtera cher à la commune.",
            "The reform comes into force in January for everyone.",
            id="a clause",
        ),
        pytest.param(
            "Le pont est fermé depuis mardi à cause du vent.", "The mayor thanks the voters.", id="another text"
        ),
        pytest.param("L’usine a vendu ses machines.", "The company has soldiers to its macherons.", id="garbled"),
    ],
)
def test_a_part_without_a_counterpart_is_warned_of(original: str, text: str) -> None:
    assert "lost_content" in codes(original, text)


def test_people_may_translate_more_freely() -> None:
    pair = TextPair(
        "Le ministre a promis une aide rapide aux familles touchées.",
        "Help will soon reach families, the ministry pledged.",
        "fr",
        "en",
    )
    engine, people = (
        dict.fromkeys(one.code for one in check(given)) for given in (pair, replace(pair, by_people=True))
    )
    assert ("lost_content" in engine, "lost_content" in people) == (True, False)


@pytest.mark.parametrize(
    ("original", "text", "languages", "code"),
    [
        ("Le train part à 7h15.", "The train leaves at 7:15.", ("fr", "en"), ""),
        ("Le train part à 7h15.", "The train leaves at 7.15.", ("fr", "en"), ""),
        ("Le train part à 7h15.", "The train leaves at 7.45.", ("fr", "en"), "number_mismatch"),
        ("Douze", "Two", ("fr", "en"), "number_mismatch"),
        ("Douze", "Twelve", ("fr", "en"), ""),
        ("Oui.", "Yes, yes, yes, yes.", ("fr", "en"), "repetition"),
        ("Oui, oui, oui.", "Yes, yes, yes.", ("fr", "en"), ""),
        ("El Ministerio de Agricultura paga.", "The ministry for farming pays.", ("es", "en"), ""),
        ("El Gobierno aprobó un plan regional.", "The cabinet passed a plan regional.", ("es", "en"), ""),
        ("Ayer habló Quintana.", "Yesterday he spoke.", ("es", "en"), "lost_name"),
        ("Sin embargo, la casa en Sudáfrica es nueva.", "However, the house in South Africa is new.", ("es", "en"), ""),
        ("Por supuesto, la mayoría tenía averías.", "Of course, the majority had faults.", ("es", "en"), ""),
        ("Tendencia en el Reino Unido y la Casa del Futuro.", "Trend in Britain and its tomorrows.", ("es", "en"), ""),
        ("A las 15H30 habló el presidente Delgado.", "At 3:30 p.m. the president, Thin.", ("es", "en"), "lost_name"),
        ("Se parece a París y quería pagar.", "It resembles Paris and wanted to pay.", ("es", "en"), ""),
        ("La paz, según explicó, es nueva.", "The peace, as it explained, is new.", ("es", "en"), ""),
        ("Perdió 50 mil euros.", "It lost 50 one thousand euros.", ("es", "en"), ""),
        ("Elle coûte 12 billions.", "It costs 12 trillion.", ("fr", "en"), ""),
        ("Elle suit les pas de sa mère.", "She follows in her mother's footsteps.", ("fr", "en"), ""),
        ("Elle coûte 12 billions.", "It costs 12 billion.", ("fr", "en"), "number_mismatch"),
        ("Nos schools (écoles) ferment.", "Our schools (schools) close.", ("fr", "en"), ""),
        ("¿Qué dice el Sr. Quintana?", "What does Mr. Quintana say?", ("es", "en"), ""),
        ('Nos dijo "sí" y se fue."', 'He told us "yes" and left.', ("es", "en"), ""),
        ("Es kostet 2,5 Milliarden, nicht zwölf Millionen.", "It costs 2.5 billion, not 12 million.", ("de", "en"), ""),
        ("Er zahlt 2,5 Milliarden.", "He pays 2.5 million.", ("de", "en"), "number_mismatch"),
        ("Der Bürgermeister öffnet die Brücke.", "The mayor opens the bridge.", ("de", "en"), ""),
        ("Les Malouines sont loin.", "The Falklands are far.", ("fr", "en"), ""),
        ("Le département compte ses ponts.", "The département counts its bridges.", ("fr", "en"), ""),
        (
            "首相は十二日、東京で記者会見した。",
            "The prime minister met the press in Tokyo on the 12th.",
            ("ja", "en"),
            "",
        ),
        ("彼は「12月に行く」と述べた。", 'He said: "I will go in December."', ("ja", "en"), ""),
        (
            "彼は「12月に行く」と述べた。",
            "He said to go in July.",
            ("ja", "en"),
            "number_mismatch quote_mismatch",
        ),
        ("うん", "Yes", ("ja", "en"), ""),
        ("1日に400万人が来た。", "Four million people came in a day.", ("ja", "en"), ""),
        ("他用TMZ网站的chhappan歌。", "He uses the chhappan song of the TMZ website.", ("zh", "en"), ""),
        ("首相は記者会見した。", "The prime minister met reporters. " * 3, ("ja", "en"), "repetition too_long"),
        ("埃胡德博士在新斯科舍省哈利法克斯市达尔豪西大学教授医学。", "Dr. Ehud.", ("zh", "en"), "too_short"),
        ("शोध अभी भी अपने शुरुआती दिनों में है।", "The research is still in its early days.", ("hi", "en"), ""),
        ("Вчера Киссинджер был там.", "Kissinger was there yesterday.", ("ru", "en"), ""),
        ("Dün ABD’de Ankara Üniversitesi kapandı.", "Ankara University closed yesterday.", ("tr", "en"), "lost_name"),
        ("Dün Ankara Üniversitesi kapandı.", "Ankara University closed yesterday.", ("tr", "en"), ""),
        ("ย้ายในปี พ.ศ. 2499", "Moved in 1956", ("th", "en"), ""),
    ],
)
def test_other_pairs_and_hours_are_judged_by_what_they_mean(
    original: str, text: str, languages: tuple[str, str], code: str
) -> None:
    assert [one.code for one in check(TextPair(original, text, *languages))] == code.split()


def test_a_warning_says_what_was_expected_and_found() -> None:
    (warning,) = check(TextPair("Il a 3,5 euros.", "He has 35 euros.", "fr", "en"))
    assert warning.detail == "expected 3,5, found 35"


def test_a_word_the_engine_does_not_know_is_untranslated_though_no_word_of_the_source() -> None:
    assert "untranslated" in codes("Il est consterné.", "He is mentido.", ("mentido",))


@pytest.mark.parametrize(
    ("original", "text", "unknown", "warned"),
    [
        pytest.param(
            "Les conducteurs doivent être vigilants sur les routes.",
            "The drivers have to be vigilants on the roads.",
            ("vigilants",),
            False,
            id="reads as English",
        ),
        pytest.param(
            "Le bus emmène les choristes et la valise chez leurs filleuls.",
            "The bus knows the choristes and the answer to their filleuls.",
            ("choristes", "filleuls"),
            True,
            id="nobody can guess them",
        ),
        pytest.param(
            "Les porteurs descendent le soufre du volcan par des sentiers de pierre escarpés chaque matin.",
            "The porters take down the sulphur of the volcano by the paths of stone escarpés every morning.",
            ("escarpés",),
            False,
            id="one of many",
        ),
    ],
)
def test_words_that_rules_left_standing_are_warned_of_when_they_hide_the_meaning(
    original: str, text: str, unknown: tuple[str, ...], *, warned: bool
) -> None:
    pair = TextPair(original, text, "fr", "en", unknown, by_rules=True)
    assert ("untranslated" in [one.code for one in check(pair)]) is warned


@pytest.mark.parametrize(
    ("text", "by_rules", "warned"),
    [
        pytest.param("The footpaths plummet and Boers testify again.", False, True, id="a name that nobody has"),
        pytest.param("The kindergartens plummet and friends testify again.", False, False, id="rare words are words"),
        pytest.param("The footpaths plummet and zornwork testify again.", True, False, id="rules invent none"),
    ],
)
def test_words_of_no_language_are_those_that_an_engine_invents(text: str, *, by_rules: bool, warned: bool) -> None:
    original = "Les sentiers plongent et des amis témoignent encore."
    pair = TextPair(original, text, "fr", "en", by_rules=by_rules)
    assert any("no language" in one.detail for one in check(pair)) is warned


@given(st.text(), st.text(), st.sampled_from(["fr", "es", "ja", "th", "xx"]), st.sampled_from(["en", "fr", "yy"]))
def test_no_pair_of_texts_breaks_a_check(original: str, text: str, source: str, target: str) -> None:
    check(TextPair(original, text, source, target))


@pytest.mark.parametrize(
    ("original", "text", "warned"),
    [
        pytest.param("Le commissaire a frappé.", "The commissioner has struck struck.", False, id="rules never loop"),
        pytest.param("Le chef aime sa brochure.", "The cook loves his booklet.", False, id="another word for one"),
        pytest.param(
            "Les voisins vendent une voiture rouge et une maison.",
            "The lamps whisper a spoon slowly and a winter.",
            True,
            id="four words gone",
        ),
    ],
)
def test_rules_are_warned_of_where_the_meaning_is_lost(original: str, text: str, *, warned: bool) -> None:
    assert bool(check(TextPair(original, text, "fr", "en", by_rules=True))) is warned


@given(st.text(), st.text())
def test_no_pair_of_texts_breaks_a_repair(original: str, text: str) -> None:
    repair(text, original, pair=("fr", "en"), rule_based=True)


@pytest.mark.parametrize(
    ("original", "text", "repaired"),
    [
        ("Il a 3 500 €.", "He has 3 500 €.", "He has 3,500 €."),
        ("11.743,61 puntos, 1.200.000 euros", "11.743,61 points, 1.200.000 euros", "11,743.61 points, 1,200,000 euros"),
        ("3.500 euros", "3.500 euros", "3.500 euros"),
        ("Pas de cette façon.", "At all of this way.", "Not of this way."),
        ("le 0 800 130 000", "the 0 800 130 000", "the 0 800 130 000"),
        ("1,5 million d’euros", "1,5 million of euros", "1.5 million euros"),
        ("Quoi ?", "What ?", "What?"),
        ("Des chats sont là.", "Of the cats are there.", "Cats are there."),
        ("OpenAI affirme", "OpenAI Affirms", "OpenAI affirms"),
        ("La TVA et le SIDA", "The Vat and the SIDA", "The VAT and the AIDS"),
        ("Il dit YouTube.", "It says YouTube/Youtube.", "It says YouTube."),
        ("Il vote pour/contre.", "It votes for/against.", "It votes for/against."),
        ("Il entre dans la cuisine", "It goes in in the kitchen", "It goes in the kitchen"),
        ("les plus connus", "the known plus", "the most known"),
        ("le bonus", "the known plus", "the known plus"),
        ("Mme Le Pen arrive", "Mrs Le Pen arrives", "Mrs Le Pen arrives"),
        ("Il montre", "It shows  a bridge .", "It shows a bridge."),
        ("Oui", "yes", "Yes"),
    ],
)
def test_small_faults_are_mended_and_nothing_else(original: str, text: str, repaired: str) -> None:
    assert repair(text, original, pair=("fr", "en"), rule_based=True) == repaired


@pytest.mark.parametrize(
    ("original", "text", "repaired"),
    [
        ("Ninguna empresa debe ayudar.", "Any company has to help.", "No company has to help."),
        ("Nadie respondió.", "Anybody answered.", "Nobody answered."),
        ("Ninguno de ellos vino.", "Any of them came.", "None of them came."),
        ("Ninguno de ellos no vino.", "Any of them did not come.", "Any of them did not come."),
        ("Es que nadie quiere.", "Is that anybody wants.", "Is that nobody wants."),
        ("Nada cambiará.", "At all will change.", "Nothing will change."),
        ("Canta mejor que nadie.", "She sings better than anybody.", "She sings better than anybody."),
        ("¿Hay algún problema?", "Is there any problem?", "Is there any problem?"),
    ],
)
def test_a_spanish_word_that_denies_alone_does_so_in_english(original: str, text: str, repaired: str) -> None:
    assert repair(text, original, pair=("es", "en"), rule_based=True) == repaired
