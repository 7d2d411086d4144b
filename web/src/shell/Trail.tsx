import { Link } from "wouter";

/** The way back to the page above this one. */
export function Trail({ to, name }: { to: string; name: string }) {
  return (
    <>
      <Link href={to} className="muted">
        {name}
      </Link>
      <span className="muted">/</span>
    </>
  );
}
