// What of the words on a page cannot be read: cut off, spilling out, lying on each other, or out of the window.

/** Each a sentence; runs inside the page. Cards of the drawing may lie anywhere, and what has its words as a title may be cut. */
export function unreadable() {
  const OFTEN = "button, a, label, h1, h2, h3, th, legend, [role=tab], [role=status], .mantine-Badge-root, .eyebrow, .mantine-Input-placeholder";
  const slack = 1.5;
  const isSeen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && one.getBoundingClientRect().width > 4;
  const isUnseen = (one) => one.closest(".unseen, .mantine-VisuallyHidden-root, [aria-hidden=true]");
  const isDrawn = (one) => one.closest(".react-flow__viewport, .react-flow__panel, svg");
  const told = (one) => `${one.tagName.toLowerCase()} "${(one.innerText || one.getAttribute("aria-label") || "").trim().slice(0, 50)}"`;
  const words = [...document.querySelectorAll(OFTEN)].filter((one) => isSeen(one) && !isUnseen(one) && !isDrawn(one));
  const found = [];
  for (const one of words) {
    if (one.closest("[title]")?.title) continue;
    for (const part of [one, ...one.querySelectorAll("span, small, b, strong, p, div")]) {
      if (part.closest(".unseen, .mantine-VisuallyHidden-root, [title]:not([title=''])") || part.scrollWidth === 0 || !part.innerText?.trim()) continue;
      const style = getComputedStyle(part);
      const isCut = style.overflowX !== "visible" && style.overflowX !== "auto" && style.overflowX !== "scroll";
      if (style.display !== "inline" && part.clientWidth > 0 && part.scrollWidth > part.clientWidth + slack) found.push(`${isCut ? "cut off" : "spills"}: ${told(part)} in ${told(one)}`);
    }
    const box = one.getBoundingClientRect();
    if (box.right > innerWidth + slack || box.left < -slack) found.push(`out of the window: ${told(one)}`);
  }
  const pressed = words.filter((one) => one.matches("button, a") && !one.querySelector("button, a"));
  for (const [at, one] of pressed.entries())
    for (const other of pressed.slice(at + 1)) {
      const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 3 && down > 3 && !one.contains(other) && !other.contains(one) && isOnTop(one) && isOnTop(other)) found.push(`overlap: ${told(one)} and ${told(other)}`);
    }
  const wide = document.scrollingElement;
  if (wide && wide.scrollWidth > innerWidth + slack) found.push(`the page is ${wide.scrollWidth} wide`);
  return [...new Set(found)];

  function isOnTop(one) {
    const box = one.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return hit !== null && (one.contains(hit) || hit.contains(one));
  }
}
