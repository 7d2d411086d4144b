import { useEffect, useState } from "react";

/** So long after the last answer, figures are not those of now any more. */
export const OLD_MS = 5_000;

/** Whether nothing has been heard for a while: what is shown is as it was at `updatedAt`. */
export function useLost(updatedAt: number): boolean {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return isOld(updatedAt, now);
}

/** Nothing has been heard at all while `updatedAt` is 0: then it is still awaited. */
export function isOld(updatedAt: number, now: number): boolean {
  return updatedAt > 0 && now - updatedAt > OLD_MS;
}
