const PEAK = 250, WHOLE = 999;
const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const ticked = (ticks, from, to, y) => {
  let last = -Infinity;
  const end = to + 12;
  return ticks.flatMap(([at, text]) => {
    const x = from + ((to - from) * at) / WHOLE, half = text.length * 3.6;
    if (x - half < last) return [];
    last = x + half + 6;
    return [word("c", Math.min(Math.max(half, x), end - half), y, text)];
  });
};

// Both histograms on one axis; single values and gaps as bars at the right, on a scale of their own.
const histogram = (body, bars, wide) => {
  const high = 176, ground = high - 26, tall = ground - 8, slot = bars.length ? Math.min(54, (wide * 0.5) / bars.length) : 0;
  const left = 14, right = wide - 14 - slot * bars.length;
  const parts = [
    path("s", outline(body.s, PEAK, left, right, ground, tall)),
    path("t", outline(body.t, PEAK, left, right, ground, tall)),
    path("a", `M${left} ${ground}H${wide - 4}`),
    ...ticked(body.x, left, right, high - 8),
  ];
  bars.forEach(([label, train, serve], i) => {
    const x = right + 12 + slot * i, width = slot - 14;
    const bar = (share) => `M${x} ${ground}v${-Math.max(share ? 2 : 0, round(tall * share))}h${width}V${ground}z`;
    parts.push(path("s", bar(serve)), path("t", bar(train)), word("c", x + width / 2, high - 8, shortened(label, Math.max(4, Math.floor(slot / 7)))));
  });
  if (bars.length) parts.push(path("a", `M${right + 5} 6V${ground}`));
  const told = bars.map(([label, , , train, serve]) => `${label}: ${train} of train, ${serve} of serve`).join("; ");
  return canvas(`Distribution, train outlined and serve filled; ${body.w}${told ? `; ${told}` : ""}`, wide, high, ...parts);
};

// New and vanished values are named so: a colour alone says nothing to many readers.
const fate = ([, train, serve, , , gap]) => (gap ? "" : !train && serve ? "new" : train && !serve ? "vanished" : "");

const lying = (bars, wide) => {
  const left = Math.min(170, wide * 0.3), step = 24,
    right = Math.min(wide * 0.5, 16 + 6.6 * Math.max(...bars.map((bar) => `${bar[3]} → ${bar[4]}  ${fate(bar)}`.length))), room = wide - left - right;
  const top = Math.max(...bars.flatMap(([, train, serve]) => [train, serve])) || 1;
  const parts = bars.flatMap((bar, i) => {
    const [label, train, serve, inTrain, inServe] = bar, y = step * i + 5;
    const of = (share) => `M${left} ${y}h${Math.max(share ? 2 : 0, round((room * share) / top))}v14H${left}z`;
    return [
      path("s", of(serve)), path("t", of(train)), word("e", left - 10, y + 11, shortened(label, Math.floor(left / 7))),
      svg("text", { class: "r", x: round(wide - right + 10), y: y + 11 }, `${inTrain} → ${inServe}`, fate(bar) ? svg("tspan", { class: "new" }, `  ${fate(bar)}`) : ""),
    ];
  });
  const told = bars.map((bar) => `${bar[0]}: ${bar[3]} of train, ${bar[4]} of serve${fate(bar) ? `, ${fate(bar)}` : ""}`).join("; ");
  return canvas(`Shares of rows. ${told}`, wide, step * bars.length + 4, ...parts);
};

// Shares of numbers up to each value, with the largest gap between the two.
const cumulative = (body, wide) => {
  const high = 190, left = 44, right = wide - 12, ground = high - 26, top = 10;
  const [train, serve, [at, low, up, inTrain, inServe]] = body.q;
  const x = (v) => round(left + ((right - left) * v) / WHOLE), y = (v) => round(ground - (ground - top) * v);
  const curve = (places) => places.map((place, i) => `${i ? "L" : "M"}${x(place)} ${y(i / (places.length - 1))}`).join("");
  const told = `${inTrain} of train and ${inServe} of serve lie up to there`, end = at > 600;
  return framed("Cumulative", `largest gap: ${told}`, canvas(`Cumulative shares of numbers; at the largest gap ${told}`, wide, high,
    path("a", [0, 0.5, 1].map((v) => `M${left} ${y(v)}H${right}`).join("")),
    ...[["0 %", 0], ["50 %", 0.5], ["100 %", 1]].map(([text, v]) => word("e", left - 6, y(v) + 4, text)),
    path("s line", curve(serve)), path("t", curve(train)),
    path("gap", `M${x(at)} ${y(low / WHOLE)}V${y(up / WHOLE)}`),
    word(end ? "e" : "r", x(at) + (end ? -6 : 6), y((low + up) / 2 / WHOLE) + 4, "KS gap"),
    ...ticked(body.x, left, right, high - 8)));
};

// Where both are alike the points lie on the diagonal; a cause that is a function is a curve.
const quantiles = (body, wide, fitted) => {
  const high = Math.min(wide, 240), left = 44, right = wide - 12, ground = high - 26, top = 10;
  const [train, serve, , fit] = body.q;
  const x = (v) => round(left + ((right - left) * v) / WHOLE), y = (v) => round(ground - ((ground - top) * v) / WHOLE);
  const note = fit && fitted ? `line: ${fitted}` : "diagonal: the same in both";
  return framed("Quantiles, serve against train", note, canvas(`Quantiles of serve against those of train; ${note}`, wide, high,
    path("a", `M${left} ${top}V${ground}H${right}M${left} ${ground}L${right} ${top}`),
    fit ? path("fit", fit.map(([a, b], i) => `${i ? "L" : "M"}${x(a)} ${y(b)}`).join("")) : null,
    ...train.map((place, i) => svg("circle", { class: "q", cx: x(place), cy: y(serve[i]), r: 2.6 })),
    word("e", left - 6, top + 10, "serve"), word("c", (left + right) / 2, high - 8, "train →")));
};

const spread = ([title, heights, ticks, top], wide) => {
  const high = 120, ground = high - 26;
  return framed(title, `on pairs of different numbers, highest bar ${top}`, canvas(`Histogram of ${title}, highest bar ${top}`, wide, high,
    path("s", outline(heights, PEAK, 14, wide - 14, ground, ground - 6)), path("a", `M8 ${ground}H${wide - 8}`), ...ticked(ticks, 14, wide - 14, high - 8)));
};
