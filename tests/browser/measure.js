// What is measured on a page: told as sentences, none if all is well. Called with the least size of a target.
(least) => {
  const said = [];
  const marks = (one) => (one.id ? ` #${one.id}` : "") + (one.classList.length ? ` .${one.classList[0]}` : "");
  const words = (one) => (one.innerText || one.getAttribute("aria-label") || one.name || "").trim();
  const name = (one) =>
    `<${one.tagName.toLowerCase()}${marks(one)}> “${words(one).replace(/\s+/g, " ").slice(0, 40)}”`;
  const shown = (one) => one.checkVisibility({ visibilityProperty: true });

  // Nothing makes the page wider than the telephone, nor lies outside of what holds it.
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width)
    said.push(`scrolls sideways: ${document.documentElement.scrollWidth} in ${width}`);
  const slides = (one) => one && (getComputedStyle(one).overflowX === "auto" || slides(one.parentElement));
  for (const one of document.querySelectorAll("body *")) {
    if (!shown(one) || one.closest(".sr, .skip, svg, option")) continue;
    const box = one.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1) && !slides(one.parentElement))
      said.push(`out of the page: ${name(one)} from ${Math.round(box.left)} to ${Math.round(box.right)}`);
    const hides = getComputedStyle(one).overflowX === "hidden";
    if (hides && one.scrollWidth > one.clientWidth + 1) said.push(`cut off: ${name(one)}`);
  }

  // What is tapped is large enough for a finger. A link within a sentence is not a target of its own.
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(controls)) {
    if (!shown(one) || one.closest(".sr, .skip")) continue;
    if (one.tagName === "A" && isWithinWords(one)) continue;
    const target = one.closest("label, .picker") || one;
    const box = target.getBoundingClientRect();
    if (box.height < least - 0.5 || box.width < least - 0.5)
      said.push(`small target: ${name(one)} ${Math.round(box.width)} × ${Math.round(box.height)}`);
  }

  function isWithinWords(link) {
    if (getComputedStyle(link).display !== "inline") return false;
    let block = link.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.innerText.trim() !== link.innerText.trim();
  }
  return said;
}
