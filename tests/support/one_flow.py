"""One flow for calls and for messages: greeting, look-up, branch, queue, goodbye. Only its triggers differ."""

CALL = '[{type: incoming_call, numbers: ["+31201234567"]}]'
MESSAGE = "[{type: incoming_message, accounts: [support]}]"
PASSWORD = "a password that nobody guesses"

SETTINGS = """
format: 1
tiers: [{{name: gold, target: 10s}}, {{name: standard, target: 30s}}]
trunks: [{{name: carrier, hosts: ["127.0.0.1"]}}]
numbers: [{{number: "+31201234567"}}]
sources: [{{name: loyalty, type: http, base_url: "{url}", allow_private: true, time_limit: 2s, cache: 0s}}]
queues:
  - {{name: vip, says_position: false, says_wait: false, whisper: false}}
  - {{name: general, says_position: false, says_wait: false, whisper: false}}
agents: [{{name: ana, queues: [vip], phone: {{user: ana, password_secret: agents}}}}]
"""

FLOW = """
format: 1
name: One for all
triggers: {triggers}
start: greet
steps:
  greet: {{type: say, with: {{text: "Good morning. One moment please."}}, next: {{done: look_up}}}}
  look_up:
    type: fetch_variables
    with:
      source: loyalty
      path: "/customers/{{{{ contact.phone }}}}"
      keep:
        - {{from: /tier, as: tier, type: text, default: standard}}
        - {{from: /name, as: contact.name, type: text}}
    next: {{found: how, not_found: how, failed: how}}
  how:
    type: branch
    with: {{paths: [{{id: gold, all: [{{variable: tier, operator: is, value: gold}}]}}]}}
    next: {{gold: vip, else: general}}
  vip:
    type: add_to_queue
    with: {{queue: vip, tier: "{{{{ tier }}}}"}}
    next: {{answered: bye}}
  general: {{type: add_to_queue, with: {{queue: general, tier: standard}}}}
  bye: {{type: say, with: {{text: "Goodbye, {{{{ contact.name }}}}."}}}}
"""

PATH = [("greet", "done"), ("look_up", "found"), ("how", "gold"), ("vip", "answered"), ("bye", "done")]
"""What a gold contact passes, however they come."""
