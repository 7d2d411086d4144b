"use strict";

const person = document.getElementById("person");
const list = document.getElementById("messages");
const composer = document.getElementById("composer");
const text = document.getElementById("text");
const trouble = document.getElementById("trouble");

let shown = 0;
let turn = 0;

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`phone/${path}`, options);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

function element(name, className, content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

function choiceButton(message, choice, group) {
  const button = element("button", "", choice.title);
  button.type = "button";
  if (choice.description) button.append(element("small", "", choice.description));
  button.addEventListener("click", () => {
    const lock = (is) => { for (const one of group.children) one.disabled = is; };
    lock(true);
    send({ choice: choice.id, refers_to: message.id }).then((sent) => lock(sent));
  });
  return button;
}

function draw(message) {
  const item = element("li", message.is_ours ? "mine" : "");
  const bubble = element("div", "bubble");
  bubble.append(element("span", "said", message.is_ours ? "You: " : "The company: "), message.text);
  item.append(bubble);
  if (message.choices && message.choices.length) {
    const group = element("div", "choices");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "Answers to tap");
    group.append(...message.choices.map((choice) => choiceButton(message, choice, group)));
    item.append(group);
  }
  const at = element("time", "", new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
  at.dateTime = message.at;
  item.append(at);
  list.append(item);
}

async function send(said) {
  trouble.textContent = "";
  try {
    await ask("write", { contact: person.value, ...said });
    return true;
  } catch (mistake) {
    trouble.textContent = `Not sent: ${mistake.message}`;
    return false;
  }
}

/** Follow one conversation until another is chosen. */
async function follow() {
  const mine = ++turn;
  list.replaceChildren();
  shown = 0;
  while (mine === turn) {
    try {
      const told = await ask(`thread?contact=${encodeURIComponent(person.value)}&after=${shown}`);
      if (mine !== turn) return;
      told.messages.forEach(draw);
      shown += told.messages.length;
      if (told.messages.length) list.scrollTop = list.scrollHeight;
      trouble.textContent = "";
    } catch (mistake) {
      if (mine !== turn) return;
      trouble.textContent = "The demo does not answer. Is it still running?";
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const said = text.value.trim();
  if (!said) return;
  text.value = "";
  send({ text: said });
});
person.addEventListener("change", follow);

async function begin() {
  const { people } = await ask("people");
  for (const one of people) {
    const option = element("option", "", `${one.name}${one.tier ? `, ${one.tier}` : ""}`);
    option.value = one.contact;
    person.append(option);
  }
  const wanted = new URLSearchParams(location.search).get("as");
  if (wanted && people.some((one) => one.contact === wanted)) person.value = wanted;
  follow();
}

begin().catch(() => { trouble.textContent = "The demo does not answer. Is it still running?"; });
