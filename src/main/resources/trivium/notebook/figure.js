// Has a figure answer: where a pointer is over it, the nearest datum is marked and told; a click on entries of the legend
// shows their series alone. `box` holds the picture; `data` is what trivium.figure.ReadingsJson writes, in the pixels of
// a picture that is `data.w` wide.
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
  const alone = overlay.appendChild(drawing("g", {}));
  const ring = overlay.appendChild(drawing("circle", {r: 5, fill: "none", "stroke-width": 2.5, visibility: "hidden"}));
  const tip = document.createElement("div");
  tip.style.cssText =
    "position:absolute;pointer-events:none;display:none;z-index:10;background:#fff;color:#222;border:1px solid #b0b0b0;" +
    "border-radius:3px;padding:3px 7px;font:12px/1.4 sans-serif;width:max-content;max-width:280px;box-shadow:0 1px 4px rgba(0,0,0,.25)";
  box.append(overlay, tip);
  const chosen = new Set(); // entries of the legend

  const inside = ([x, y, width, height], at, around) =>
    at.x >= x - around && at.x <= x + width + around && at.y >= y - around && at.y <= y + height + around;
  const nearest = (panel, at) => {
    let best = null;
    for (const series of panel.s) {
      if (chosen.size && !chosen.has(series.k)) continue;
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
    if (!picture.clientWidth) return;
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
  const shapes = series => {
    const places = series.x.map((x, i) => [x, series.y[i]]);
    if (series.d)
      return places.map(([x, y]) => {
        const [from, to] = series.d === 1 ? [y, series.b].sort((a, b) => a - b) : [series.b, x];
        return series.d === 1
          ? drawing("rect", {x: x - series.h, width: 2 * series.h, y: from, height: to - from, fill: series.c})
          : drawing("rect", {y: y - series.h, height: 2 * series.h, x: from, width: to - from, fill: series.c});
      });
    const points = series.m || !series.l ? places.map(([cx, cy]) => drawing("circle", {cx, cy, r: 3.5, fill: series.c})) : [];
    const stroke = {fill: "none", stroke: series.c, "stroke-width": series.l, "stroke-dasharray": series.g.join(" ")};
    return series.l ? [drawing("polyline", {points: places.join(" "), ...stroke}), ...points] : points;
  };
  const veil = ([x, y, width, height], around) =>
    drawing("rect", {x: x - around, y: y - around, width: width + 2 * around, height: height + 2 * around, fill: "#fff", opacity: 0.8});
  const showAlone = () => {
    alone.replaceChildren();
    if (!chosen.size) return;
    data.keys.forEach((key, k) => chosen.has(k) || alone.append(veil(key, 2)));
    for (const panel of data.panels) {
      alone.append(veil(panel.b, 6));
      for (const series of panel.s) if (chosen.has(series.k)) alone.append(...shapes(series));
    }
  };
  const keyAt = at =>
    data.keys.findIndex((key, k) => inside(key, at, 0) && data.panels.some(panel => panel.s.some(each => each.k === k)));
  const hide = () => {
    tip.style.display = "none";
    ring.setAttribute("visibility", "hidden");
  };
  const show = ({series, i}, panel, scale) => {
    tip.replaceChildren(
      ...(series.n ? [line(series.n, true)] : []),
      ...panel.t.map((title, j) => line((title ? title + ": " : "") + series.v[j][i])));
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
    picture.style.cursor = keyAt(at) < 0 ? "" : "pointer";
    if (found) show(found, panel, at.scale);
    else hide();
  });
  picture.addEventListener("mouseleave", hide);
  new ResizeObserver(fit).observe(picture);
  picture.addEventListener("click", event => {
    const key = keyAt(place(event));
    if (key < 0) return;
    if (!chosen.delete(key)) chosen.add(key);
    hide();
    showAlone();
  });
})
