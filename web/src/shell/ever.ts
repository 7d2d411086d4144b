import { useState } from "react";

/** Whether something is so, or was: what is fetched once it is wanted stays from then on. */
export function useEver(isSo: boolean): boolean {
  const [was, setWas] = useState(isSo);
  if (isSo && !was) setWas(true);
  return was;
}
