/** Names with their values. */
export function Values({ values, none }: { values: readonly [string, unknown][]; none?: string }) {
  if (values.length === 0) return none ? <p className="muted small">{none}</p> : null;
  return (
    <dl className="values">
      {values.map(([name, value]) => (
        <div key={name}>
          <dt className="code">{name}</dt>
          <dd className="code">{written(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
