"""What a new piece begins with: code that does little, words, a page, and a case that asks for more."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PieceTemplate:
    """The texts of a new piece; `<name>`, `<title>` and `<class>` are filled in."""

    code: str
    words: dict[str, str]
    cases: list[dict[str, Any]]
    page: str


STEP = PieceTemplate(
    code='''"""Say in one sentence what this step does."""

from dataclasses import dataclass
from typing import ClassVar

from skipline.flow.fields import Template, field
from skipline.flow.outcome import Context, Go, StepOutcome
from skipline.model.events import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class <class>:
    """Say what a writer of flows needs to know about the settings."""

    exits: ClassVar[tuple[str, ...]] = ("done",)
    group: ClassVar[str] = "data"

    text: Template = field(label="text")

    def run(self, ctx: Context, reply: Reply | None) -> StepOutcome:
        """Say what one turn does."""
        ctx.explain(f"has {ctx.text(self.text)!r} and does nothing with it yet")
        return Go("done")
''',
    words={"title": "<title>", "about": "Say what it does.", "text": "Text", "exit.done": "Done"},
    cases=[
        {
            "case": "it does its work",
            "with": {"text": "{{ contact.phone }}"},
            "contact": {"phone": "+31611111111"},
            "expect": {"exit": "done", "why": "did its work for +31611111111"},
        }
    ],
    page="""# <title>

Say what it does, and when somebody needs it.

```yaml
example:
  type: <name>
  with: {text: "{{ contact.phone }}"}
  next: {done: bye}
```

| key | meaning |
|---|---|
| `text` | say what it means |

It leaves by `done`.
""",
)

SOURCE = PieceTemplate(
    code='''"""Say in one sentence whose data this source brings."""

from dataclasses import dataclass
from typing import ClassVar

from skipline.asking.address import BaseUrl
from skipline.asking.json_answer import understand_json
from skipline.asking.parameters import read_question
from skipline.asking.web import Web
from skipline.flow.fields import field
from skipline.model.lookup import Answer, HttpRequest, HttpResponse, Question, Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class <class>(Web):
    """Say what an administrator needs to know about the settings."""

    group: ClassVar[str] = "crm"

    base_url: BaseUrl = field(label="base_url", kind="url")
    secret: str = field(label="secret", kind="secret")

    def ask(self, question: Question, secrets: Secrets) -> HttpRequest:
        """The request for the person with this `phone`."""
        name, given = read_question(question.path)
        return self.get(f"{self.base_url}/{name}", {"Authorization": f"Bearer {secrets(self.secret)}"})

    def understand(self, response: HttpResponse) -> Answer:
        """What the response means."""
        return understand_json(response)
''',
    words={
        "title": "<title>",
        "about": "Say whose data it brings.",
        "base_url": "Address",
        "secret": "Secret",
        "allow_private": "Allow private addresses",
        "allow": "Allowed private ranges",
        "verify": "Check the certificate",
    },
    cases=[
        {
            "case": "a person by telephone number",
            "with": {"base_url": "https://api.example.com", "secret": "token"},
            "secrets": {"token": "s3cret"},
            "question": {"path": "?phone=%2B31611111111"},
            "expect": {"url": "https://api.example.com/people?phone=%2B31611111111"},
        }
    ],
    page="""# <title>

Say whose data it brings.

```yaml
sources:
  - name: people
    type: <name>
    base_url: https://api.example.com
    secret: people_token
```

| key | meaning |
|---|---|
| `base_url` | where it is |
| `secret` | the name of the secret that holds the token |
| `allow` | private ranges that may be reached |
| `allow_private` | true opens every private address and this machine |
| `verify` | false takes any certificate |
""",
)
