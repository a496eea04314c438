// Has a figure answer: where a pointer is over it, the nearest datum is marked and told. `box` holds the picture; `data`
// is what trivium.figure.ReadingsJson writes, in the pixels of a picture that is `data.w` wide.
((box, data) => {
  if (!box || !data.panels.length) return;
  const picture = box.querySelector("img");
  const drawing = (tag, attributes) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };
  const overlay = drawing("svg", {});
  overlay.style.cssText = "position:absolute;pointer-events:none;overflow:visible";
  const ring = overlay.appendChild(drawing("circle", {r: 5, fill: "none", "stroke-width": 2.5, visibility: "hidden"}));
  const tip = document.createElement("div");
  tip.style.cssText =
    "position:absolute;pointer-events:none;display:none;z-index:10;background:#fff;color:#222;border:1px solid #b0b0b0;" +
    "border-radius:3px;padding:3px 7px;font:12px/1.4 sans-serif;width:max-content;max-width:280px;box-shadow:0 1px 4px rgba(0,0,0,.25)";
  box.append(overlay, tip);

  const inside = ([x, y, width, height], at, around) =>
    at.x >= x - around && at.x <= x + width + around && at.y >= y - around && at.y <= y + height + around;
  const nearest = (panel, at) => {
    let best = null;
    for (const series of panel.s) {
      for (let i = 0; i < series.x.length; i++) {
        const dx = series.d === 2 ? 0 : series.x[i] - at.x;
        const dy = series.d === 1 ? 0 : series.y[i] - at.y;
        const far = dx * dx + dy * dy;
        if (!best || far <= best.far) best = {far, series, i};
      }
    }
    return best;
  };
  const line = (text, strong) => {
    const row = document.createElement("div");
    row.textContent = text;
    if (strong) row.style.fontWeight = "bold";
    return row;
  };
  const fit = () => {
    overlay.setAttribute("width", picture.clientWidth);
    overlay.setAttribute("height", picture.clientHeight);
    overlay.setAttribute("viewBox", `0 0 ${data.w} ${(data.w * picture.clientHeight) / picture.clientWidth}`);
    overlay.style.left = picture.offsetLeft + "px";
    overlay.style.top = picture.offsetTop + "px";
  };
  const place = event => {
    const frame = picture.getBoundingClientRect();
    const scale = data.w / frame.width;
    return {x: (event.clientX - frame.left) * scale, y: (event.clientY - frame.top) * scale, scale};
  };
  const hide = () => {
    tip.style.display = "none";
    ring.setAttribute("visibility", "hidden");
  };
  const show = ({series, i}, panel, scale) => {
    tip.replaceChildren(
      ...(series.n ? [line(series.n, true)] : []),
      ...panel.t.map((title, j) => line((title ? title + ": " : "") + series.v[j][i])));
    fit();
    for (const [name, value] of [["cx", series.x[i]], ["cy", series.y[i]], ["stroke", series.c]])
      ring.setAttribute(name, value);
    ring.setAttribute("visibility", "visible");
    tip.style.display = "block";
    const left = picture.offsetLeft + series.x[i] / scale;
    const top = picture.offsetTop + series.y[i] / scale;
    const beyond = left + 14 + tip.offsetWidth > picture.offsetLeft + picture.clientWidth;
    tip.style.left = Math.max(0, beyond ? left - 14 - tip.offsetWidth : left + 14) + "px";
    tip.style.top = Math.max(0, top - tip.offsetHeight - 8) + "px";
  };
  picture.addEventListener("mousemove", event => {
    const at = place(event);
    const panel = data.panels.find(each => inside(each.b, at, 8));
    const found = panel && nearest(panel, at);
    if (found) show(found, panel, at.scale);
    else hide();
  });
  picture.addEventListener("mouseleave", hide);
})
