// Elements made by name: text is always text, so nothing from the data can become markup.
const SPACE = "http://www.w3.org/2000/svg";

const filled = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
};
const svg = (name, attributes = {}, ...children) => filled(document.createElementNS(SPACE, name), attributes, children);
const html = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
const path = (kind, d) => svg("path", { class: kind, d });
const word = (kind, x, y, text) => svg("text", { class: kind, x: round(x), y: round(y) }, text);
const round = (x) => Math.round(x * 10) / 10;

// A drawing as wide as its place, one unit a pixel: words keep their size on a phone.
const canvas = (label, wide, high, ...children) =>
  svg("svg", { class: "g", role: "img", "aria-label": label, viewBox: `0 0 ${wide} ${high}`, width: wide, height: high }, ...children);
const framed = (title, note, ...children) =>
  html("figure", {}, html("figcaption", {}, html("b", {}, title), note ? ` ${note}` : ""), ...children);

// The outline of a histogram of heights, counted in `peak`, from the ground and back to it.
const outline = (heights, peak, from, to, ground, tall) => {
  let d = `M${from} ${ground}`;
  heights.forEach((h, i) => {
    d += `V${round(ground - (tall * h) / peak)}H${round(from + ((to - from) * (i + 1)) / heights.length)}`;
  });
  return `${d}V${ground}z`;
};
