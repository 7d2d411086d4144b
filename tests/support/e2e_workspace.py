"""The workspace of the end-to-end tests: the look-up says where a caller goes, so each test has its own targets."""

from collections.abc import Mapping

FORWARD, WELCOME, CHANGING = "+31201234567", "+31201234568", "+31201234569"
VOICEMAIL = "+31201234570"
KNOWN_TO_TABLE = "+31688888888"
WORDS = "Good morning. One moment please, we are looking for the right person for you."

_SETTINGS = """
tiers: [{{name: gold, target: 20s}}, {{name: platinum, target: 10s}}, {{name: standard, target: 60s}}]
trunks:
  - {{name: straight, hosts: ["127.0.0.1", "::1"]}}
  - {{name: relayed, hosts: ["127.0.0.3"], media: relay}}
numbers: [{{number: "{forward}"}}, {{number: "{welcome}"}}, {{number: "{changing}"}}, {{number: "{voicemail}"}}]
sources:
  - name: directory
    type: http
    base_url: "{company}"
    allow_private: true
    time_limit: 1s
    cache: 0s
    breaker_failures: 1000
tables:
  - name: vip_list
    key: phone
    columns: {{tier: text, target: text}}
    rows: [{{phone: "{known}", tier: gold, target: "{table_target}"}}]
"""

_LOOK_UP = """
  look_up:
    type: fetch_variables
    with:
      source: directory
      path: "/customers/{{{{ contact.phone }}}}"
      keep:
        - {{from: /first, as: first, type: text, default: "{default_target}"}}
        - {{from: /second, as: second, type: text, default: ""}}
        - {{from: /tier, as: tier, type: text, default: standard}}
      fallback:
        table: vip_list
        key: "{{{{ contact.phone }}}}"
        keep: [{{from: target, as: first}}, {{from: tier, as: tier}}]
    next: {{found: {then}, not_found: {then}, failed: {then}}}
  forward:
    type: forward_call
    with:
      targets: ["{{{{ first }}}}", "{{{{ second }}}}"]
      ring_time: 2s
      tier: "{{{{ tier }}}}"
      headers: {{X-Company: acme}}
"""

_FLOW = """format: 1
name: {name}
triggers: [{{type: incoming_call, numbers: ["{number}"]}}]
start: {start}
steps:
"""

_MESSAGE = """
  message: {type: voicemail, with: {greeting: "", longest: 30s}}
"""

_WORDS = """
  hello: {{type: say, with: {{text: "{words}", language: en}}, next: {{done: jingle}}}}
  jingle: {{type: play, with: {{audio: jingle}}, next: {{done: forward}}}}
"""


def workspace_files(*, company: str, default_target: str, table_target: str) -> dict[str, str]:
    """The files; `company` is the API's base URL, the targets are for callers whom it tells nothing about."""
    numbers = {"forward": FORWARD, "welcome": WELCOME, "changing": CHANGING, "voicemail": VOICEMAIL}
    settings = _SETTINGS.format(company=company, known=KNOWN_TO_TABLE, table_target=table_target, **numbers)
    look_up = {"default_target": default_target}
    return {
        "skipline.yaml": settings,
        "flows/forward.yaml": _flow("Forward", FORWARD) + _LOOK_UP.format(then="forward", **look_up),
        "flows/welcome.yaml": _flow("Welcome", WELCOME)
        + _LOOK_UP.format(then="hello", **look_up)
        + _WORDS.format(words=WORDS),
        "flows/changing.yaml": _flow("Changing", CHANGING) + _LOOK_UP.format(then="forward", **look_up),
        "flows/voicemail.yaml": _flow("Voicemail", VOICEMAIL, "message") + _MESSAGE,
    }


def changed(files: Mapping[str, str]) -> dict[str, str]:
    """The same workspace with another version of the changing flow, whose tier is always platinum."""
    return {
        **files,
        "flows/changing.yaml": files["flows/changing.yaml"].replace('tier: "{{ tier }}"', "tier: platinum"),
    }


def _flow(name: str, number: str, start: str = "look_up") -> str:
    return _FLOW.format(name=name, number=number, start=start)
