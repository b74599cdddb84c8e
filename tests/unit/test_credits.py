"""What is a credit line and, more of them, what only begins like one."""

from __future__ import annotations

import pytest

from annotator.credits import credit_start, is_bare_credit, is_credit

CREDITS = [
    "PHOTO AFP",
    "Photo : AFP",
    "(Crédit photo : Reuters)",
    "Crédit photo : Studio Rive",
    "Crédits photos : Getty Images / Jean Dupont",
    "© AFP",
    "© 2024 Le Monde",
    "Photo Jean Dupont/AFP",
    "Photo : Jean-Marc de La Fontaine",
    "PHOTO JEAN DUPONT, AGENCE FRANCE-PRESSE",
    "AFP PHOTO / JOHN DOE",
    "AFP PHOTO",
    "Photo AFP/Archives",
    "Photo d'illustration / AFP",
    "Photo d’archives.",
    "Photo: Reuters",
    "Photo: John Smith/AFP via Getty Images",
    "Photo by Jane Doe",
    "Photo credit: NASA/JPL",
    "Photo Credit: Jane Doe",
    "Image: Getty Images",
    "Credit: AP",
    "Photograph: Jane Doe/Getty",
    "Foto: EFE",
    "Fot. Jan Przykładowski",
    "(Fot. Ewa Przykładowska / Agencja Gazeta)",
    "Foto: Eva Ruiz / EFE",
    "Fotografía: Europa Press",
    "Crédito: Reuters",
    "Foto: Kay Nietfeld/dpa",
    "Foto: dpa",
    "Bild: picture alliance / dpa",
    "Bildnachweis: Anna Schmidt",
    "Bild: Imago Images",
    "[Photo Reuters]",
    "Photo : J. Dupont / Sipa Press",
    "Crédits : Unsplash",
    "Photos : AFP et Reuters",
    "Foto: Archiv",
    "Photo : Radio-Rive / Jean Dupont",
    "— Foto: Ana Exemplo/JS",
    "— Foto: Reprodução",
    "(Courtesy of Ann Sample)",
]
OTHERS = [
    "Photo de famille au sommet de l'OTAN.",
    "Photo de famille",
    "Photo : le maire devant la mairie.",
    "Photo : le pont de Lorge, mardi.",
    "La photo AFP a été retouchée.",
    "Photo AFP retouchée par le ministère.",
    "L'AFP a publié la photo.",
    "AFP",
    "Photos : trois jours de fête à Lyon",
    "Crédit : les banques serrent la vis.",
    "Crédit Agricole : Bénéfice Record",
    "Crédit : la BCE relève ses taux.",
    "Crédit immobilier : les taux baissent.",
    "Photo d'identité obligatoire dès lundi.",
    "Photo par photo, elle raconte la guerre.",
    "Image de marque : AFP choisit un logo.",
    "Illustration : Plantu",
    "Image : Apple",
    "Photo : Paris.",
    "Photo finish at the Tour de France.",
    "Photos show the bridge.",
    "Photos: AP Wins Pulitzer",
    "Photo shows Reuters office in Gaza.",
    "Foto de familia en la cumbre de la OTAN.",
    "Fot. zniknęła ze ściany.",
    "Foto: der Bürgermeister vor dem Rathaus.",
    "Bild am Sonntag berichtet.",
    "Bild: Merkel tritt zurück",
    "Fotos zeigen den Schaden.",
    "Crédito a las familias: sube el tipo.",
    "Credit Suisse AP",
    "Credit: where it is due.",
    "Bilder der Woche",
    "Images satellites : l'armée recule.",
    "Photo 2024",
    "Copyright : le Sénat vote la loi.",
    "Photo, AFP et Reuters se disputent le marché.",
    "Foto",
]


@pytest.mark.parametrize("line", CREDITS)
def test_line_that_only_names_who_made_a_picture_is_a_credit(line: str) -> None:
    assert is_credit(line)


@pytest.mark.parametrize("line", OTHERS)
def test_line_that_says_anything_else_is_none(line: str) -> None:
    assert not is_credit(line)


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Le pont, vu de la rive droite. REUTERS/Jane Sample", "REUTERS/Jane Sample"),
        ("Une pile fissurée.(Ann Example/Pool/Sipa)", "(Ann Example/Pool/Sipa)"),
        ("Fadi (5 ans) et Mohammed (13 ans). | DR", "| DR"),
        ("Un slogan, Paris - 16 mars 2019 © E.B", "© E.B"),
        ("Des dégâts à Hasparren. — Bob Edme/AP", "— Bob Edme/AP"),
        ("Un homme prie, le 30 avril. (Photo Paul Exemple. AFP)", "(Photo Paul Exemple. AFP)"),
        ("A guard. (Luke Sample for The Quay Herald)", "(Luke Sample for The Quay Herald)"),
        ("Het bad, gisteren. Foto: Piet Voorbeeld/ANP", "Foto: Piet Voorbeeld/ANP"),
        ("Le pont. LP/Jean Exemple", "LP/Jean Exemple"),
        ("Le pont, mardi. | ANN EXAMPLE, LE COURRIER", "| ANN EXAMPLE, LE COURRIER"),
        ("Le maire à Rive, le 16 mars Photo ERIC EXEMPLE", "Photo ERIC EXEMPLE"),
        ("Le maire (LR) de Nice", ""),
        ("Le pont. Jean Exemple", ""),
        ("Le pont et la mairie de Lorge", ""),
        ("Une équipe inspecte la pile. Elle rouvrira lundi.", ""),
    ],
)
def test_credit_at_the_end_of_a_caption_is_found_and_the_caption_stays(caption: str, credit: str) -> None:
    assert caption[credit_start(caption, in_caption=True) :] == credit


@pytest.mark.parametrize(
    "line", ["AFP", "L'AFP a publié la photo.", "Le maire / AFP a dit non", "Nice-Matin", "Jane Sample"]
)
def test_agency_alone_or_in_a_sentence_is_no_credit_outside_a_caption(line: str) -> None:
    assert not is_bare_credit(line)
