"""A sample is the same every time, grows without losing anything, and its probabilities are what they say."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from annotator.errors import UsageError
from annotator.labelstudio.sampling import SampleOptions, checked, draw, shares
from annotator.labelstudio.selection import selection
from annotator.labelstudio.task_source import open_tasks
from annotator.models import Failure, Sample, Task

MakeTasks = Callable[..., list[Task]]
Made = list[tuple[Task, Sample]]


@pytest.fixture
def corpus(make_tasks: MakeTasks) -> list[Task]:
    """300 French units, 60 Spanish, 5 German: articles of 5 units."""
    numbers = {"fr": 60, "es": 12, "de": 1}
    return [
        task
        for tag, number in numbers.items()
        for at in range(number)
        for task in make_tasks(5, article=f"{tag}-{at}", source_lang=tag, site=f"site {at % 2}")
    ]


def selected(tasks: Iterable[Task | Failure], where: str = "", **options: object) -> Made:
    sample = SampleOptions(**options) if options else None  # type: ignore[arg-type]
    made = selection(where, sample, lambda _line: None).of(tasks)
    return [(task, Sample.model_validate(task.meta.model_dump()["sample"])) for task in made if isinstance(task, Task)]


def ids(made: Made) -> list[str]:
    return [task.data.unit_id for task, _ in made]


def test_the_same_units_are_drawn_whatever_their_order_and_another_seed_draws_others(corpus: list[Task]) -> None:
    first = ids(selected(corpus, number=40, seed=7))
    assert len(first) == 40
    assert ids(selected(corpus, number=40, seed=7)) == first
    assert sorted(ids(selected(corpus[::-1], number=40, seed=7))) == sorted(first)
    assert ids(selected(corpus, number=40, seed=8)) != first


def test_units_come_in_the_order_of_the_tasks(corpus: list[Task]) -> None:
    order = {task.data.unit_id: at for at, task in enumerate(corpus)}
    drawn = [order[unit] for unit in ids(selected(corpus, number=40))]
    assert drawn == sorted(drawn)


@pytest.mark.parametrize("by", [(), ("source_lang",), ("source_lang", "suggested_label"), ("site",)])
@pytest.mark.parametrize("whole_articles", [False, True], ids=["units", "articles"])
def test_a_larger_sample_holds_every_smaller_one(
    corpus: list[Task],
    by: tuple[str, ...],
    whole_articles: bool,
) -> None:
    options = (SampleOptions(number, by=by, whole_articles=whole_articles) for number in range(1, 73, 3))
    samples = [set(draw(corpus, sample)[0]) for sample in options]
    assert all(smaller < larger for smaller, larger in itertools.pairwise(samples))


def test_strata_have_equal_shares_and_a_small_one_gives_all_it_has(corpus: list[Task]) -> None:
    made = selected(corpus, number=65, by=("source_lang",))
    assert Counter(task.data.source_lang for task, _ in made) == {"fr": 30, "es": 30, "de": 5}
    chances = {sample.stratum: (sample.drawn, sample.of, sample.probability) for _, sample in made}
    assert chances == {
        "source_lang=fr": (30, 300, 0.1),
        "source_lang=es": (30, 60, 0.5),
        "source_lang=de": (5, 5, 1.0),
    }


def test_without_strata_every_unit_has_the_same_chance(corpus: list[Task]) -> None:
    assert {sample.probability for _, sample in selected(corpus, number=73)} == {73 / 365}


def test_whole_articles_come_with_all_of_their_units(corpus: list[Task]) -> None:
    made = selected(corpus, number=6, by=("source_lang",), whole_articles=True)
    articles = Counter(task.data.article_id for task, _ in made)
    assert (len(articles), set(articles.values())) == (6, {5})
    assert {sample.stratum: sample.of for _, sample in made} == {"source_lang=fr": 60, "source_lang=es": 12} | {
        "source_lang=de": 1
    }


def test_an_article_is_in_the_stratum_of_most_of_its_units(make_tasks: MakeTasks) -> None:
    mixed = [*make_tasks(2, source_lang="en"), *make_tasks(3, start=2, source_lang="fr")]
    (sample,) = {sample for _, sample in selected(mixed, number=1, by=("source_lang",), whole_articles=True)}
    assert sample.stratum == "source_lang=fr"


def test_more_than_there_is_takes_all(corpus: list[Task]) -> None:
    made = selected(corpus, number=10_000, by=("source_lang",))
    assert (len(made), {sample.probability for _, sample in made}) == (365, {1.0})


def test_what_is_drawn_estimates_what_the_corpus_holds(corpus: list[Task]) -> None:
    """The mean over many seeds of the weighted count is the count itself (Horvitz and Thompson, 1952)."""
    truth = sum(task.data.suggested_label == "sourced" for task in corpus)
    labels = {task.data.unit_id: task.data.suggested_label for task in corpus}
    samples = (draw(corpus, SampleOptions(65, seed=seed, by=("source_lang",)))[0] for seed in range(100))
    estimates = [
        sum(1 / one.probability for unit, one in drawn.items() if labels[unit] == "sourced") for drawn in samples
    ]
    assert abs(sum(estimates) / len(estimates) - truth) < 0.05 * truth


def test_the_condition_comes_first_and_is_a_part_of_the_sample(corpus: list[Task]) -> None:
    made = selected(corpus, 'source_lang == "es"', number=10)
    assert {sample.where for _, sample in made} == {'source_lang == "es"'}
    assert {(sample.drawn, sample.of) for _, sample in made} == {(10, 60)}


def test_what_is_left_out_is_counted_by_what_left_it_out(corpus: list[Task]) -> None:
    chosen = selection('source_lang == "es"', SampleOptions(10), lambda _line: None)
    assert len(list(chosen.of(corpus))) == 10
    assert chosen.counts() == {"left_out_by_where": 305, "left_out_by_sample": 50}
    everything = selection("", None, lambda _line: None)
    assert (len(list(everything.of(corpus))), everything.counts()) == (365, {})


def test_tasks_that_can_be_read_once_only_give_the_same_sample(corpus: list[Task]) -> None:
    lost = Failure(step="push", source="tasks.jsonl", line=3, reason="task", message="no task")
    chosen = selection("", SampleOptions(40), lambda _line: None)
    once: list[Task | Failure] = [lost, *corpus]
    made = list(chosen.of(iter(once)))
    assert lost in made
    assert [task.data.unit_id for task in made if isinstance(task, Task)] == ids(selected(corpus, number=40))


def test_a_file_of_tasks_gives_the_same_sample(corpus: list[Task], tmp_path: Path) -> None:
    path = tmp_path / "tasks.jsonl"
    path.write_text("".join(task.json_line() for task in corpus), encoding="utf-8")
    with open_tasks(str(path)) as tasks:
        assert ids(selected(tasks, number=40)) == ids(selected(corpus, number=40))


def test_a_row_that_repeats_a_unit_takes_nobodys_place(make_tasks: MakeTasks) -> None:
    tasks = make_tasks(20)
    assert len(set(ids(selected([*tasks, *tasks], number=15)))) == 15


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (SampleOptions(0), "--sample 0: draws nothing"),
        (SampleOptions(-3), "--sample -3: draws nothing"),
        (SampleOptions(3, by=("langauge",)), "--by: a task has no field 'langauge'"),
    ],
)
def test_a_sample_that_is_none_is_wrong_usage(options: SampleOptions, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        checked(options)


def test_a_field_with_a_value_per_unit_makes_no_strata(make_tasks: MakeTasks) -> None:
    (task,) = make_tasks(1)
    many = (
        task.model_copy(update={"data": task.data.model_copy(update={"unit_id": str(number)})})
        for number in range(10_001)
    )
    with pytest.raises(UsageError, match="--by unit_id: more than 10,000 values"):
        draw(many, SampleOptions(3, by=("unit_id",)))


def test_candidates_that_went_on_the_way_were_never_to_be_drawn(make_tasks: MakeTasks) -> None:
    """More units than are kept at a time, one language after the other, so that shares shrink on the way."""
    (task,) = make_tasks(1)

    def unit(number: int, tag: str) -> Task:
        return task.model_copy(
            update={"data": task.data.model_copy(update={"unit_id": f"{tag}:{number}", "source_lang": tag})}
        )

    sizes = {"fr": 20_000, "es": 9_000, "de": 3, "en": 40}
    tasks = [unit(number, tag) for tag, size in sizes.items() for number in range(size)]
    options = SampleOptions(100, by=("source_lang",))
    drawn, _ = draw(tasks, options)
    shared = Counter(name[:2] for name in drawn)
    assert (shared.pop("de"), sorted(shared.values())) == (3, [32, 32, 33])
    alone, _ = draw([one for one in tasks if one.data.source_lang == "fr"], SampleOptions(33))
    backwards, _ = draw(tasks[::-1], options)
    assert backwards == drawn
    assert {name for name in drawn if name.startswith("fr")} <= set(alone)


def test_shares_are_dealt_in_rounds() -> None:
    assert shares({"a": 1, "b": 10, "c": 10}, 9, ord) == {"a": 1, "b": 4, "c": 4}
    assert shares({"a": 1, "b": 10, "c": 10}, 10, ord) == {"a": 1, "b": 5, "c": 4}
    assert shares({"a": 5, "b": 5}, 1, ord) == {"a": 1, "b": 0}
    assert shares({}, 1, ord) == {}
