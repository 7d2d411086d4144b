/** The names of a table's columns; `last` is that of a column of deeds, which only those need who do not see it. */
export function Headings({ names, last }: { names: readonly string[]; last?: string | false }) {
  return (
    <thead>
      <tr>
        {names.map((name, place) => (
          <th key={place} scope="col">
            {name}
          </th>
        ))}
        {last && (
          <th scope="col">
            <span className="unseen">{last}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
