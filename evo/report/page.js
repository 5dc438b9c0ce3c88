"use strict";
// Reads values off the best-so-far curve, under the pointer or with the arrow keys.
// Whatever a candidate wrote is only ever set as text.
(() => {
  const source = document.getElementById("curve");
  const rows = source ? JSON.parse(source.textContent) : [];
  if (!rows.length) return;
  const format = new Intl.NumberFormat("en-US");
  const shape = (svg, name, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.style.display = "none";
    return svg.appendChild(element);
  };
  for (const figure of document.querySelectorAll(".figure")) {
    const svg = figure.querySelector("svg.chart");
    const readout = figure.querySelector(".readout");
    const at = Object.fromEntries(Object.entries(svg.dataset).map(([key, value]) => [key, Number(value)]));
    const known = Number(readout.dataset.known);
    const line = shape(svg, "path", { class: "cursor" });
    const dot = shape(svg, "circle", { class: "cursor-dot", r: 5.5 });
    let current = rows.length - 1;
    const placeX = (evaluation) => at.x0 + (at.x1 - at.x0) * (evaluation - at.from) / (at.to - at.from);
    const placeY = (score) => {
      const value = svg.dataset.kind === "gap" ? Math.log10(known - score) : score;
      const part = Math.min(1, Math.max(0, (value - at.low) / (at.high - at.low)));
      return at.y0 + (at.y1 - at.y0) * part;
    };
    const say = (parent, name, text) => {
      parent.appendChild(document.createElement(name)).textContent = text;
    };
    const show = (evaluation, index) => {
      const row = rows[index];
      const x = placeX(evaluation);
      const y = placeY(row.score);
      line.setAttribute("d", `M${x} ${at.y1}V${at.y0}`);
      dot.setAttribute("cx", x);
      dot.setAttribute("cy", y);
      line.style.display = dot.style.display = "";
      readout.replaceChildren();
      say(readout, "b", row.text);
      say(readout, "div", `after ${format.format(evaluation)} evaluations`);
      say(readout, "div", `found at ${format.format(row.evaluation)}${row.operator ? " by " + row.operator : ""}`);
      if (row.note) say(readout, "div", row.note);
      readout.hidden = false;
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      const left = x * scale + 14;
      const room = figure.clientWidth - readout.offsetWidth;
      const flipped = left > room ? x * scale - 14 - readout.offsetWidth : left;
      const top = y * scale + (y > (at.y0 + at.y1) / 2 ? -14 - readout.offsetHeight : 14);
      readout.style.transform = `translate(${Math.max(0, Math.min(flipped, room))}px, ${Math.max(0, top)}px)`;
    };
    const hide = () => {
      readout.hidden = true;
      line.style.display = dot.style.display = "none";
    };
    svg.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      const x = (event.clientX - box.left) * svg.viewBox.baseVal.width / box.width;
      const part = Math.min(1, Math.max(0, (x - at.x0) / (at.x1 - at.x0)));
      const evaluation = Math.max(Math.round(at.from + part * (at.to - at.from)), rows[0].evaluation);
      let low = 0;
      let high = rows.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (rows[middle].evaluation <= evaluation) low = middle; else high = middle - 1;
      }
      current = low;
      show(evaluation, current);
    });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      current = Math.min(rows.length - 1, Math.max(0, current + step));
      show(rows[current].evaluation, current);
    });
    svg.addEventListener("pointerleave", hide);
    svg.addEventListener("blur", hide);
  }
  // paper does not unfold
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
