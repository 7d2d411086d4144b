import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_sentences import assert_told

from skipline.base.yaml_lines import Place, YamlMistake, dump_yaml, read_yaml

FLOW = """\
format: 1
name: Loyalty line
steps:
  look_up:
    type: fetch_variables
    with: {source: loyalty, keep: [{from: /tier, as: tier}]}
    next:
      found: tier
  tier: {type: branch}
"""


def test_every_key_and_value_knows_its_place() -> None:
    document = read_yaml(FLOW)
    assert document.keys["steps", "look_up"] == Place(4, 3)
    assert document.values["steps", "look_up", "type"] == Place(5, 11)
    assert document.values["steps", "look_up", "with", "keep", 0, "as"] == Place(6, 54)
    assert document.line(("steps", "look_up", "next", "found")) == 8


def test_a_missing_part_is_shown_where_it_should_have_been() -> None:
    document = read_yaml(FLOW)
    assert document.line(("steps", "look_up", "next", "busy")) == 7
    assert document.line(("steps", "look_up", "with", "keep", 0, "type")) == 6
    assert document.line(("triggers", 0)) == 1
    assert read_yaml("").line(("name",)) == 1


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"+31201234567"', "+31201234567"),
        ("20s", "20s"),
        ("2026-05-01", "2026-05-01"),
        ("12:30", "12:30"),
        ("yes", "yes"),
        ("no", "no"),
        ("0x1F", "0x1F"),
        (".inf", ".inf"),
        ("1_000", "1_000"),
        ("true", True),
        ("~", None),
        ("", None),
        ("-7", -7),
        ("12.5", 12.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        ("'12'", "12"),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_plain_values_are_read_as_people_mean_them(written: str, value: object) -> None:
    read = read_yaml(f"key: {written}\n").data["key"]
    assert read == value
    assert type(read) is type(value)


def test_an_unquoted_phone_number_becomes_a_number_but_remembers_how_it_was_written() -> None:
    document = read_yaml("numbers: [+31201234567, '+31', 008]\n")
    assert document.data == {"numbers": [31201234567, "+31", 8]}
    assert document.written == {("numbers", 0): "+31201234567", ("numbers", 2): "008"}


def test_keys_are_texts_as_written() -> None:
    assert read_yaml("next: {1: sales, yes: x, true: y, null: z}").data == {
        "next": {"1": "sales", "yes": "x", "true": "y", "null": "z"}
    }


def test_a_key_written_twice_is_told_with_both_lines() -> None:
    document = read_yaml("name: a\nstart: b\nname: c\nsteps: {x: 1, x: 2}\n")
    assert [(one.line, one.sentence) for one in document.mistakes] == [
        (3, "`name` is written twice (first in line 1)"),
        (4, "`x` is written twice (first in line 4)"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("a:\n\tb: 1\n", 2, "a tab is used for indentation"),
        ("a: [1,\n  2\n", 3, "this list has no end"),
        ("a: {b: 1\n", 2, "this map has no end"),
        ("a: 1\nb: c: d\n", 2, "a `:` is not expected here"),
        ("a: 'x\n", 2, "a quoted text has no end"),
        ("a:\n  - b\n - c\n", 3, "the indentation does not fit the lines above"),
        ("a: 1\nb: @x\n", 2, "a text cannot begin with this character"),
        ("a: 1\nb: \x07\n", 2, "there is a character here that a text file cannot hold"),
        ("a: &one 1\nb: *one\n", 1, "`&one` names a place"),
        ("a: 1\nb: *one\n", 2, "`*one` refers to another place"),
        ("a: !!python/object/apply:os.system [x]\n", 1, "a tag (beginning with !) is not read here"),
        ('a: "\\ud83d"\n', 1, "half a character is escaped here"),
        ("a: 1\n---\nb: 1\n", 2, "a second document begins here"),
        ("[a]: 1\n", 1, "a key should be a text, not a map or a list"),
        ('a: "\\U99999999"\n', 1, "this is not YAML"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(YamlMistake) as caught:
        read_yaml(text)
    assert (caught.value.line, caught.value.sentence) == (line, sentence)
    assert_told(caught.value.sentence, caught.value.fix)


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 50_000, "{a: " * 20_000, "? " * 20_000])
def test_nesting_is_bounded_without_reading_on(text: str) -> None:
    with pytest.raises(YamlMistake, match=r"inside each other|should be a text"):
        read_yaml(text)


def test_alias_bombs_and_large_files_are_refused() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(30))
    with pytest.raises(YamlMistake, match="names a place"):
        read_yaml(bomb)
    with pytest.raises(YamlMistake, match="larger than 1024 KiB"):
        read_yaml("a" * 1_100_000)


@settings(max_examples=300)
@given(st.text(alphabet=" \t\n-:[]{}\"'&*!|>%@#?,ab1\\\x00\u2028é", max_size=60))
def test_broken_text_is_refused_or_read_and_nothing_else(text: str) -> None:
    try:
        read_yaml(text)
    except YamlMistake as mistake:
        assert mistake.line >= 1


texts = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=30)
plain_data = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300)
@given(plain_data)
def test_what_is_written_is_read_back_unchanged(data: object) -> None:
    assert read_yaml(dump_yaml(data)).data == data


def test_the_writing_is_stable_and_readable() -> None:
    data = {
        "name": "Loyalty line",
        "format": 1,
        "triggers": [{"type": "incoming_call", "numbers": ["+31201234567"]}],
        "greeting": "Hello\n\nthere\n",
        "answer": "no",
        "steps": {"forward": {"type": "forward_call", "with": {"ring_time": "20s", "targets": ["sip:a@b", "c" * 100]}}},
    }
    written = dump_yaml(data)
    assert written == dump_yaml(read_yaml(written).data)
    assert written == (
        "format: 1\n"
        "name: Loyalty line\n"
        "triggers:\n"
        '  - {type: incoming_call, numbers: ["+31201234567"]}\n'
        "greeting: |\n"
        "  Hello\n"
        "\n"
        "  there\n"
        'answer: "no"\n'
        "steps:\n"
        "  forward:\n"
        "    type: forward_call\n"
        "    with:\n"
        "      ring_time: 20s\n"
        "      targets:\n"
        '        - "sip:a@b"\n'
        f"        - {'c' * 100}\n"
    )


def test_only_plain_data_is_written() -> None:
    with pytest.raises(TypeError, match="object is not plain data"):
        dump_yaml({"a": object()})
    with pytest.raises(TypeError, match="nan is not plain data"):
        dump_yaml([float("nan")])
