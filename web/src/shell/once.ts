import { useRef } from "react";

/** A way to do something that is not begun again while it is under way: a button is disabled a moment after it was
 *  pressed, and who presses twice has pressed it by then. Errors are told where they were before. */
export function useOnce(): (deed: () => Promise<unknown>) => void {
  const isUnderWay = useRef(false);
  return (deed) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    const over = () => {
      isUnderWay.current = false;
    };
    void deed().then(over, over);
  };
}
