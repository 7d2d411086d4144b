import type { Issue } from "../editing/editor";

/** Where a value stands in its step's settings (or in its trigger): keys and positions. */
export type Path = readonly (string | number)[];

/** An issue's place from its step's settings (or its trigger) on; what is not inside a step keeps its whole path. */
export function placeOf({ path }: Pick<Issue, "path">): Path {
  if (path[0] === "steps") return path.slice(path[2] === "with" ? 3 : 2);
  return path[0] === "triggers" ? path.slice(2) : path;
}

/** The issues at exactly this place. */
export function issuesAt(issues: readonly Issue[], path: Path): Issue[] {
  return issues.filter((issue) => placeOf(issue).join("/") === path.join("/"));
}

/** The issues at this place and inside it. */
export function issuesWithin(issues: readonly Issue[], path: Path): Issue[] {
  return issues.filter((issue) => `${placeOf(issue).join("/")}/`.startsWith(`${path.join("/")}/`));
}

/** An issue as people read it beside what it is about: what is wrong, and what to do. */
export function told(issue: Pick<Issue, "sentence" | "fix">): string {
  const sentence = issue.sentence.charAt(0).toUpperCase() + issue.sentence.slice(1);
  return issue.fix ? `${sentence}: ${issue.fix}` : sentence;
}
