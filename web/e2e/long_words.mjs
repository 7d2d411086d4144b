// A language whose words are two fifths longer than the English ones, to see what breaks before a translator does. The app
// knows nothing of it: while it is tried, Spanish is answered by it.
import { globSync, readFileSync } from "node:fs";

const VOWELS = { a: "á", e: "é", i: "í", o: "ó", u: "ú", A: "Á", E: "É", I: "Í", O: "Ó", U: "Ú" };

/** A text two fifths longer, word by word; what stands in braces stays. */
export function longer(text) {
  return text.replace(/\{\{.*?\}\}|[A-Za-z]+/g, (word) => (word.startsWith("{") ? word : stretched(word)));
}

function stretched(word) {
  const wanted = Math.round(word.length * 1.4);
  const long = [...word].map((letter) => VOWELS[letter] ?? letter).join("");
  const tail = [...word].filter((letter) => letter in VOWELS).join("").toLowerCase() || "e";
  return long + tail.repeat(wanted).slice(0, wanted - word.length);
}

function longerAll(words) {
  return typeof words === "string" ? longer(words) : Object.fromEntries(Object.entries(words).map(([name, one]) => [name, longerAll(one)]));
}

/** From now on these long words are what Spanish is, of the app and of what the server describes. */
export async function speakLong(context) {
  await context.route(/\/assets\/es-[^/]*\.js$/, async (route) => {
    const spanish = await import(`data:text/javascript,${encodeURIComponent(await (await route.fetch()).text())}`);
    const words = { ...spanish.default, ...longerAll(englishOf(spanish.default)) };
    await route.fulfill({ contentType: "text/javascript", body: `export default ${JSON.stringify(words)};` });
  });
  await context.route(/\/api\/v1\/(pieces|sections)$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: withLong(await answer.json()) });
  });
}

/** The English file of the same words: parts of the app may bring words of their own. */
function englishOf(words) {
  const all = globSync("src/**/words/en.json").map((file) => JSON.parse(readFileSync(file, "utf8")));
  const found = all.find((english) => Object.keys(english).every((key) => key in words));
  if (!found) throw new Error(`no English file has the words ${Object.keys(words)}`);
  return withMany(found);
}

/** Spanish has one form of plurals more. */
function withMany(words) {
  const pairs = Object.entries(words).flatMap(([key, one]) =>
    typeof one === "object" ? [[key, withMany(one)]] : key.endsWith("_other") ? [[key, one], [key.replace("_other", "_many"), one]] : [[key, one]],
  );
  return Object.fromEntries(pairs);
}

function withLong(described) {
  if (Array.isArray(described)) return described.map(withLong);
  if (described === null || typeof described !== "object") return described;
  const inner = Object.fromEntries(Object.entries(described).map(([name, one]) => [name, name === "words" ? one : withLong(one)]));
  return inner.words?.en ? { ...inner, words: { ...inner.words, es: longerAll(inner.words.en) } } : inner;
}
