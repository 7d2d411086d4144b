"""Runs hostile formulas, texts and patterns in this process and prints one JSON line for each; started as a child.

A child may be killed by what it tries; the last line it printed then tells what it was.
"""

import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from skipline.expr.errors import ExprMistake, FormulaFailed
from skipline.expr.rows import Operator, Row
from skipline.expr.scope import Scope

SCOPE = Scope({"l": "any", "s": "any", "d": "any", "n": "number", "t": "text", "now": "time"})
VARIABLES = {
    "l": list(range(1000)),
    "s": "a" * 40 + "!",
    "d": {"a": {"b": [1, "x", None, {"c": 1.5}]}, "long": "x" * 20_000},
    "n": 5,
    "t": "gold",
    "now": "2026-05-01T12:00:00Z",
}
FORMULAS = {
    "three loops": "l.map(a, l.map(b, l.map(c, c))).size()",
    "two loops": "l.map(a, l.map(b, b)).size()",
    "two loops over joined lists": "(l+l+l).map(a, (l+l+l).map(b, b)).size()",
    "joined lists in loops": "l.map(x, " + "+".join(["l"] * 300) + ").map(y, y.map(z, z)).size()",
    "many loops in a row": " + ".join(["l.map(a, a + 1).size()"] * 60),
    "texts joined in a loop": "l.map(a, " + "+".join(["s"] * 600) + ").size()",
    "long texts joined in a loop": "l.map(a, d.long + d.long).size()",
    "texts joined": "+".join(["d.long"] * 100),
    "lists joined": "(" + "+".join(["l"] * 900) + ").size()",
    "nested texts joined": "[s+s+s+s].map(a, [a+a+a+a].map(b, b+b+b+b)).size()",
    "regex blow-up": "s.matches('^(a+)+$')",
    "regex repetition": "s.matches('(a{0,1000}){0,1000}')",
    "regex in a loop": "l.exists(x, s.matches('((a{0,100}){0,10}b?){0,1}q'))",
    "regex on a long text in a loop": "l.exists(x, d.long.matches('(x+x+)+y'))",
    "regex of every item": "l.exists(x, string(x).matches('(a{0,1000})q$'))",
    "search in a loop": "l.exists(x, d.long.contains(s))",
    "parens": "(" * 900 + "1" + ")" * 900,
    "unclosed parens": "(" * 1900,
    "a long chain": "1" + "+1" * 900,
    "a longer chain": "1" + "+1" * 90_000,
    "bangs": "!" * 1900 + "true",
    "minuses": "-" * 1900 + "1",
    "choices": "true?" * 300 + "1" + ":1" * 300,
    "choices to the right": "true?1:" * 250 + "1",
    "brackets": "[" * 900 + "]" * 900,
    "braces": "{'a':" * 300 + "1" + "}" * 300,
    "dots": "d" + ".a" * 900,
    "indices": "d" + "[0]" * 600,
    "calls": "size(" * 300 + "l" + ")" * 300,
    "python attributes": "s.__class__.__mro__",
    "python calls": "__import__('os').system('touch canary')",
    "python format": "'{0.__class__}'.format(s)",
    "huge power": "9**9**9",
    "repetition": "'a' * 3000000000",
    "huge number": "9" * 1500,
    "huge index": "l[99999999999999999999]",
    "negative index": "l[-1]",
    "odd index": "l[0.5]",
    "double overflow": "1e308 * 10",
    "int of infinity": "int(1e308 * 10)",
    "modulo by zero": "n % 0",
    "far time": "timestamp('9999-12-31T23:59:59Z') + duration('87600h')",
    "long duration": "duration('99999999999999999h')",
    "nul": "'a\x00b' + s",
    "lone surrogate": "'\ud800' + s",
    "escaped surrogate": r"'\ud800' + s",
    "bad escape": r"'\q'",
    "comment only": "// nothing",
    "zone": "now.getHours('../../../../etc/passwd')",
    "optional in a list": "[d.?x]",
    "optional in a map": "{'a': d.?x[t]}",
    "optional from a loop": "l.map(x, d.?x)",
    "optional as a default": "d.?x.orValue(d.?y)",
    "optional by choice": "[n > 1 ? d.?x : d.?y]",
    "types": "type(l)",
    "bind": "cel.bind(x, l, x.map(y, x))",
    "message": "google.protobuf.Struct{fields: {}}",
    "replace": '"a"' + '.replace("a","aaaaaaaaaa")' * 12,
    "join": "l.map(a, s).join()",
    "percent format": '"%1000000000d".format([1])',
}
TEXTS = {
    "many holes": "{{ s }}" * 3_000,
    "open holes": "{{" * 10_000,
    "nested holes": "{{ " * 500 + "s" + " }}" * 500,
    "long result": "{{ d.long }}" * 100,
    "jinja loop": "{% for a in l %}{{ a }}{% endfor %}",
    "jinja globals": "{{ cycler.__init__.__globals__.os.popen('touch canary') }}",
    "attribute filter": "{{ s | attr('__class__') }}",
    "fixed": "{{ n | fixed:1000000000 }}",
    "quotes": "{{ '" + "\\" * 15_000,
    "formats": "{{ s" + " | upper" * 200 + " }}",
    "growing formats": "{{ d.long" + " | json" * 20 + " }}",
    "growing escapes": "{{ '\\\"' " + " | url" * 40 + " }}",
}
PATTERNS = {
    "blow-up": "^(a+)+$",
    "nested repetition": "((((a{0,9}){0,9}){0,9}){0,9}){0,9}q",
    "wide": "[\\x{0}-\\x{10FFFF}]{500}q",
    "alternation": "(" + "|".join(["a" * n for n in range(1, 30)]) + ")*q",
    "back-reference": "(a*)*\\1b",
    "long": "(a*)*" * 500,
}


def run_all() -> None:
    """Try everything, then as many made-up formulas as the first argument says."""
    for name, source in FORMULAS.items():
        report(f"formula: {name}", lambda source=source: SCOPE.formula(source).value(VARIABLES))
    for name, source in TEXTS.items():
        report(f"text: {name}", lambda source=source: SCOPE.text(source).render(VARIABLES, lambda warning: None))
    for name, pattern in PATTERNS.items():
        report(f"pattern: {name}", lambda pattern=pattern: search(pattern))
    for source in made_up(int(sys.argv[1]), seed=int(sys.argv[2])):
        report(f"made up: {source}", lambda source=source: SCOPE.formula(source).value(VARIABLES))


def search(pattern: str) -> bool:
    row = SCOPE.row(Row(variable="s", operator=Operator.MATCHES, value=pattern))
    return row(VARIABLES | {"s": "a" * 10_000 + "!"}, lambda warning: None)


def report(name: str, try_it: Callable[[], Any]) -> None:
    """Print what became of it, how long it took and how large the process is by now."""
    print(json.dumps(name), flush=True)
    begun = time.process_time()
    try:
        try_it()
        end = "worked out"
    except (ExprMistake, FormulaFailed) as refusal:
        end = f"refused: {refusal}"
    except BaseException as bug:
        end = f"BUG {type(bug).__name__}: {bug}"
    spent_ms = (time.process_time() - begun) * 1000
    size_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"name": name, "end": end, "ms": spent_ms, "mb": size_mb}), flush=True)


def made_up(amount: int, seed: int) -> Iterator[str]:
    """Formulas made by a grammar, most of them wrong somewhere, and some spoiled by a stray character."""
    rng = random.Random(seed)
    for _ in range(amount):
        source = expression(rng, rng.randint(1, 6))
        if rng.random() < 0.2:
            position = rng.randrange(len(source) + 1)
            source = source[:position] + rng.choice("()[]{}'\"\\.?:!&|=<>%\x00é\ud83d") + source[position:]
        yield source


LEAVES = ["l", "s", "d", "n", "t", "now", "d.a.b", "d.?x.orValue(1)", "1", "0.5", "'x'", "null", "true", "[]"]
SHAPES = """
    {0} + {1}; {0} * {1}; {0} % {1}; {0} / {1}; {0} && {1}; {0} == {1}; {0} < {1}; {0} in {1}; !{0}; -{0}; ({0})
    [{0}, {1}]; {{'a': {0}}}; {0} ? {1} : {0}; {0}.a; {0}[{1}]; {0}[?{1}].orValue({0}); [?{1}]; {0}.?x
    {0}.map(x, {1}); {0}.map(x, x + {1}); {0}.exists(x, {1}); {0}.filter(x, x == {1}); size({0}); string({0})
    {0}.lower(); {0}.matches('a+'); {0}.startsWith({1}); has({0}.a); {0}.orValue({1}); double({0}); int({0})
    timestamp({0}); duration({0}); {0}.getHours(); {0}.getHours({1}); dyn({0}); {0}.contains({1})
"""
ALL_SHAPES = [shape.strip() for line in SHAPES.strip().splitlines() for shape in line.split(";")]


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice([*LEAVES, "x"]) if rng.random() < 0.1 else rng.choice(LEAVES)
    return rng.choice(ALL_SHAPES).format(expression(rng, depth - 1), expression(rng, rng.randrange(depth)))


if __name__ == "__main__":
    os.chdir(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (1500 << 20, 1500 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    run_all()
