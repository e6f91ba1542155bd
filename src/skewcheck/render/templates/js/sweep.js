// A threshold to be moved: the numbers below it are those that were counted for it.
const figured = (value, unit) => {
  if (value === null) return "not known";
  if (unit === "share") return told(value, 1);
  return `${value.toLocaleString("en-US", { maximumSignificantDigits: 4 })} ${unit}`.trim();
};

const sweeping = (figure, sweep) => {
  const slide = figure.querySelector(".slide"), input = slide.querySelector("input"), handle = figure.querySelector(".handle");
  const at = slide.querySelector(".at"), values = [...figure.querySelectorAll(".told dd")], first = sweep.t[0], last = sweep.t.at(-1);
  const move = () => {
    const place = Number(input.value), threshold = sweep.t[place], x = round(80 + 548 * (last > first ? (threshold - first) / (last - first) : 0.5));
    at.textContent = figured(threshold, "");
    input.setAttribute("aria-valuetext", at.textContent);
    handle.setAttribute("d", `M${x} 14V186M${x - 5} 186l5 -7l5 7z`);
    sweep.s.forEach(([, unit, numbers], i) => {
      values[i].textContent = figured(numbers[place], unit);
    });
  };
  input.addEventListener("input", move);
  const drawing = figure.querySelector(".fig");
  const drag = (event) => {
    const box = drawing.getBoundingClientRect(), x = (640 * (event.clientX - box.left)) / box.width;
    const wanted = first + ((last - first) * (x - 80)) / 548;
    input.value = sweep.t.reduce((best, t, i) => (Math.abs(t - wanted) < Math.abs(sweep.t[best] - wanted) ? i : best), 0);
    move();
  };
  drawing.addEventListener("pointerdown", (event) => {
    drawing.setPointerCapture(event.pointerId);
    drag(event);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (drawing.hasPointerCapture(event.pointerId)) drag(event);
  });
  slide.hidden = false;
  move();
};
