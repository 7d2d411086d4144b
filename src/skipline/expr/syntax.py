"""Reads tokens as a formula, by recursive descent (CEL language definition, section "Syntax").

cel-expr-python reads formulas too, but keeps its tree to itself. Ours gives the names a formula uses, sentences for
its mistakes, and bounds that hold before any C++ sees the source. What reads here is a part of CEL: message
constructors, bytes and unsigned numbers are left out.
"""

from dataclasses import dataclass

from skipline.base.sentence import say
from skipline.expr.errors import ExprMistake
from skipline.expr.nodes import (
    Call,
    Chain,
    Choice,
    Constant,
    Item,
    Many,
    Name,
    Node,
    Number,
    Pairs,
    Part,
    Prefix,
    Text,
)
from skipline.expr.tokens import Kind, Token

DEEPEST_NESTING = 24
LONGEST_CHAIN = 28
LONGEST_CONDITION = 100
LONGEST_PATH = 25

_CHAINS = (("||",), ("&&",), ("<", "<=", ">", ">=", "==", "!=", "in"), ("+", "-"), ("*", "/", "%"))
_CONSTANTS = frozenset({"true", "false", "null"})
_RESERVED = frozenset(
    {"as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package"}
    | {"namespace", "return", "var", "void", "while"}
)

_OTHER_LANGUAGES = {"and": "&&", "or": "||", "not": "!", "True": "true", "False": "false", "None": "null"}


@dataclass(slots=True)
class Reader:
    """Reads one formula from `tokens`, from `position` on."""

    tokens: list[Token]
    position: int = 0
    depth: int = 0

    @property
    def here(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.position]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.here
        self.position += 1
        return token

    def meets(self, *signs: str) -> bool:
        """Whether one of `signs` comes next."""
        return self.here.written in signs and self.here.kind is not Kind.TEXT

    def skip(self, sign: str) -> bool:
        """Take `sign` if it comes next."""
        if not self.meets(sign):
            return False
        self.position += 1
        return True

    def expect(self, sign: str, opened: Token) -> None:
        """Take `sign`, which closes what `opened` began."""
        if not self.skip(sign):
            sentence = say(
                "the {sign} in column {column} is not closed, or something is missing before it is",
                sign=opened.written,
                column=opened.column,
            )
            raise ExprMistake(sentence, column=self.here.column, fix=say("write {code}", code=sign))

    def formula(self) -> Node:
        """A whole formula: a choice or anything stronger."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            sentence = say("the formula is nested deeper than {most}", most=DEEPEST_NESTING)
            raise ExprMistake(sentence, column=self.here.column)
        condition = self.chain(0)
        if self.meets("?"):
            condition = self.choice(condition)
        self.depth -= 1
        return condition

    def choice(self, condition: Node) -> Choice:
        """The rest of `condition ? yes : no`."""
        mark = self.advance()
        yes = self.chain(0)
        if not self.skip(":"):
            fix = say("write condition ? yes : no")
            raise ExprMistake(say("this ? has no : after it"), column=mark.column, fix=fix)
        return Choice(condition, yes, self.formula(), mark.column)

    def chain(self, strength: int) -> Node:
        """Operands joined by the signs of `_CHAINS[strength]`."""
        if strength == len(_CHAINS):
            return self.prefixed()
        column = self.here.column
        first = self.chain(strength + 1)
        others: list[tuple[str, int, Node]] = []
        while self.meets(*_CHAINS[strength]):
            sign = self.advance()
            others.append((sign.written, sign.column, self.chain(strength + 1)))
        if len(others) >= (LONGEST_CHAIN if strength > 1 else LONGEST_CONDITION):
            raise ExprMistake(say("too many parts are joined here"), column=column, fix=say("split the formula in two"))
        return Chain(first, tuple(others), column) if others else first

    def prefixed(self) -> Node:
        """A part with `!` or `-` before it."""
        signs = []
        while self.meets("!", "-"):
            signs.append(self.advance())
        if len(signs) > 4:
            raise ExprMistake(say("too many ! or - in a row"), column=signs[0].column)
        node = self.part()
        for sign in reversed(signs):
            node = Prefix(sign.written, node, sign.column)
        return node

    def part(self) -> Node:
        """A primary part with `.name`, `.function(...)` and `[key]` behind it."""
        node, length = self.primary(), 0
        while self.meets(".", "["):
            node = self.item(node) if self.meets("[") else self.member(node)
            length += 1
            if length > LONGEST_PATH:
                sentence = say("more than {most} dots follow each other", most=LONGEST_PATH)
                raise ExprMistake(sentence, column=self.here.column)
        return node

    def item(self, whole: Node) -> Item:
        """The rest of `whole[key]`."""
        opened = self.advance()
        is_optional = self.skip("?")
        key = self.formula()
        self.expect("]", opened)
        return Item(whole, key, opened.column, is_optional)

    def member(self, whole: Node) -> Node:
        """The rest of `whole.name` or `whole.function(...)`."""
        self.advance()
        is_optional = self.skip("?")
        name = self.advance()
        if name.kind is not Kind.NAME:
            raise ExprMistake(say("a name is missing after the dot"), column=name.column)
        if self.meets("(") and not is_optional:
            return Call(name.written, whole, self.arguments(), name.column)
        return Part(whole, name.written, name.column, is_optional)

    def arguments(self) -> tuple[Node, ...]:
        """`(a, b)`."""
        opened = self.advance()
        return self.listed(")", opened)

    def listed(self, closing: str, opened: Token) -> tuple[Node, ...]:
        """Formulas with commas between them, up to `closing`; a comma may stand before it."""
        found: list[Node] = []
        while not self.meets(closing):
            found.append(self.formula())
            if not self.skip(","):
                break
        self.expect(closing, opened)
        return tuple(found)

    def primary(self) -> Node:
        """A literal, a name, a call, or something in brackets."""
        token = self.here
        match token.kind:
            case Kind.NUMBER:
                return Number(self.advance().written, token.column)
            case Kind.TEXT:
                return Text(self.advance().written, token.column)
            case Kind.NAME if token.written not in _RESERVED and token.written != "in":
                return self.named()
            case Kind.SIGN if token.written in "([{":
                return self.bracketed()
        raise _unexpected(token)

    def named(self) -> Node:
        """A constant, a name or a function's call."""
        token = self.advance()
        if token.written in _CONSTANTS:
            return Constant(token.written, token.column)
        if self.meets("("):
            return Call(token.written, None, self.arguments(), token.column)
        return Name(token.written, token.column)

    def bracketed(self) -> Node:
        """`(formula)`, `[list]` or `{map}`."""
        opened = self.advance()
        if opened.written == "[":
            return Many(self.listed("]", opened), opened.column)
        if opened.written == "{":
            return self.pairs(opened)
        node = self.formula()
        self.expect(")", opened)
        return node

    def pairs(self, opened: Token) -> Pairs:
        """The rest of `{key: value}`."""
        found: list[tuple[Node, Node]] = []
        while not self.meets("}"):
            key = self.formula()
            self.expect(":", opened)
            found.append((key, self.formula()))
            if not self.skip(","):
                break
        self.expect("}", opened)
        return Pairs(tuple(found), opened.column)


def read_formula(tokens: list[Token]) -> Node:
    """The whole of `tokens` as one formula. Raises `ExprMistake`."""
    reader = Reader(tokens)
    node = reader.formula()
    if reader.here.kind is not Kind.END:
        raise _unexpected(reader.here)
    return node


def _unexpected(token: Token) -> ExprMistake:
    if token.kind is Kind.END:
        return ExprMistake(say("the formula ends too early"), column=token.column)
    if token.written in _OTHER_LANGUAGES:
        fix = say("write {code}", code=_OTHER_LANGUAGES[token.written])
        return ExprMistake(say("`{word}` is not known here", word=token.written), column=token.column, fix=fix)
    if token.written in _RESERVED:
        return ExprMistake(say("`{word}` is a reserved word", word=token.written), column=token.column)
    return ExprMistake(say("{sign} is not expected here", sign=token.written), column=token.column)
