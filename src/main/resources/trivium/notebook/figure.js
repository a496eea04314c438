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
  const mark = overlay.appendChild(drawing("g", {fill: "none"}));
  const tip = document.createElement("div");
  tip.style.cssText =
    "position:absolute;pointer-events:none;display:none;z-index:10;background:#fff;color:#222;border:1px solid #b0b0b0;" +
    "border-radius:3px;padding:3px 7px;font:12px/1.4 sans-serif;width:max-content;max-width:280px;box-shadow:0 1px 4px rgba(0,0,0,.25)";
  box.append(overlay, tip);
  const chosen = new Set(); // entries of the legend
  const kept = (box.parentElement.triviumAlone ||= new Set()); // their names, for a figure that is drawn anew in this place

  const inside = ([x, y, width, height], at, around) =>
    at.x >= x - around && at.x <= x + width + around && at.y >= y - around && at.y <= y + height + around;
  // what is told of a datum: its place, the name of its series, its values, and what marks it
  const ring = (x, y, stroke, width) => drawing("circle", {cx: x, cy: y, r: 5, stroke, "stroke-width": width});
  const datum = (series, i, x, y) => ({
    x, y, n: series.n, v: series.v.map(values => values[i] ?? values[0]),
    marks: [...(series.d === 3 ? [polyline(series, 4)] : []), ring(x, y, "#fff", 6), ring(x, y, series.c, 2.5)]}); // white around it: other points may touch it
  const cell = ({b: [x, y, width, height], g}, at) => {
    const within = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    const i = within((at.x - x) / width, g.x.length);
    const j = within((at.y - y) / height, g.y.length);
    const [wide, high] = [width / g.x.length, height / g.y.length];
    const frame = {x: x + i * wide, y: y + j * high, width: wide, height: high, stroke: "#d55e00", "stroke-width": 2.5};
    return {
      x: frame.x + wide / 2, y: frame.y + high / 2, n: "", v: [g.x[i], g.y[j], ...(g.v[j][i] ?? g.e)],
      marks: [drawing("rect", frame)]};
  };
  const nearest = (panel, at) => {
    if (panel.g) return cell(panel, at);
    let best = null;
    for (const series of panel.s) {
      if (chosen.size && !chosen.has(series.k)) continue;
      for (let i = 0; i < series.x.length; i++) {
        let [x, y] = [series.x[i], series.y[i]];
        if (series.d === 3 && i + 1 < series.x.length) { // the place on the line to the next
          const [dx, dy] = [series.x[i + 1] - x, series.y[i + 1] - y];
          const share = Math.max(0, Math.min(1, ((at.x - x) * dx + (at.y - y) * dy) / (dx * dx + dy * dy || 1)));
          [x, y] = [x + share * dx, y + share * dy];
        }
        const far = (series.d === 2 ? 0 : (x - at.x) ** 2) + (series.d === 1 ? 0 : (y - at.y) ** 2);
        if (!best || far <= best.far) best = {far, series, i, x, y};
      }
    }
    return best && datum(best.series, best.i, best.x, best.y);
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
  const polyline = (series, width) => {
    const points = series.x.map((x, i) => [x, series.y[i]]).join(" ");
    return drawing("polyline", {
      points, fill: "none", stroke: series.c, "stroke-width": width, "stroke-dasharray": series.g.join(" ")});
  };
  const shapes = series => {
    const places = series.x.map((x, i) => [x, series.y[i]]);
    if (series.d === 1 || series.d === 2)
      return places.map(([x, y]) => {
        const [from, to] = series.d === 1 ? [y, series.b].sort((a, b) => a - b) : [series.b, x];
        return series.d === 1
          ? drawing("rect", {x: x - series.h, width: 2 * series.h, y: from, height: to - from, fill: series.c})
          : drawing("rect", {y: y - series.h, height: 2 * series.h, x: from, width: to - from, fill: series.c});
      });
    const points = series.m || !series.l ? places.map(([cx, cy]) => drawing("circle", {cx, cy, r: 3.5, fill: series.c})) : [];
    return series.l ? [polyline(series, series.l), ...points] : points;
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
    mark.replaceChildren();
  };
  const show = (found, panel, scale) => {
    const said = panel.t.flatMap((title, j) => (found.v[j] === "" ? [] : [line((title ? title + ": " : "") + found.v[j])]));
    tip.replaceChildren(...(found.n ? [line(found.n, true)] : []), ...said);
    mark.replaceChildren(...found.marks);
    tip.style.display = "block";
    const left = picture.offsetLeft + found.x / scale;
    const top = picture.offsetTop + found.y / scale;
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
    kept[chosen.has(key) ? "add" : "delete"](data.names[key]);
    hide();
    showAlone();
  });
  data.names.forEach((name, k) => kept.has(name) && data.panels.some(panel => panel.s.some(each => each.k === k)) && chosen.add(k));
  showAlone();
})
