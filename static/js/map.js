// The map: what the server laid out, drawn in the tokens of the page. Everything in
// it stands in the tables below too, which is what there is without scripts.
(function () {
  "use strict";
  var root = document.documentElement;
  var shown = null;

  // What a token is now, light or dark.
  function token(name) {
    var probe = document.createElement("span");
    probe.hidden = true;
    probe.style.color = "var(--il-" + name + ")";
    document.body.append(probe);
    var value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  }

  function palette() {
    var p = { font: getComputedStyle(document.body).fontFamily, mono: getComputedStyle(root).getPropertyValue("--il-mono") };
    ["ink", "ink-2", "ink-3", "line", "line-2", "surface", "sunk", "accent", "warn", "it", "it-tint", "dmz", "dmz-tint", "ot", "ot-tint", "ext", "ext-tint"].forEach(function (n) { p[n] = token(n); });
    return p;
  }

  function go(href) {
    if (href.charAt(0) === "#") {
      var target = document.querySelector(href);
      if (!target) return;
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus();
    } else if (window.htmx) {
      window.htmx.ajax("GET", href, { source: "#main", target: "#main", select: "#main", swap: "outerHTML", push: href });
    } else {
      location.assign(href);
    }
  }

  var tones = { ink: "ink", soft: "ink-3", warn: "warn" };
  var domains = { it: "it", dmz: "dmz", ot: "ot", external: "ext", unknown: "ink-3" };

  function element(type, z, shape, style, more) {
    return Object.assign({ type: type, z: z, shape: shape, style: style, silent: true }, more || {});
  }

  // link makes a drawn thing lead somewhere and say what it is.
  function link(e, thing) {
    if (thing.tip) e.tooltip = { show: true, formatter: function () { return thing.tip; } };
    e.silent = false;
    if (thing.href) {
      e.cursor = "pointer";
      e.onclick = function () { go(thing.href); };
    } else {
      e.cursor = "default";
    }
    return e;
  }

  function write(p, text, x, y, more) {
    var style = Object.assign({ text: text, x: x, y: y, fill: p.ink, font: "12px " + p.font, verticalAlign: "top" }, more);
    if (style.width) { style.overflow = style.overflow || "truncate"; style.ellipsis = "…"; }
    return { type: "text", z: 9, silent: true, style: style };
  }

  // A domain is a shape and a colour.
  function glyph(domain, color, x, y) {
    var style = { fill: color };
    switch (domain) {
      case "it": return element("rect", 9, { x: x, y: y + 1, width: 8, height: 8 }, style);
      case "dmz": return element("polygon", 9, { points: [[x + 4.5, y], [x + 9, y + 5], [x + 4.5, y + 10], [x, y + 5]] }, style);
      case "ot": return element("circle", 9, { cx: x + 4.5, cy: y + 5, r: 4.5 }, style);
      case "external": return element("polygon", 9, { points: [[x + 5, y], [x + 10, y + 9], [x, y + 9]] }, { fill: "transparent", stroke: color, lineWidth: 1.4, lineDash: [2, 1.4] });
    }
    return element("circle", 9, { cx: x + 4.5, cy: y + 5, r: 4 }, { fill: "transparent", stroke: color, lineWidth: 1.2, lineDash: [2, 1.6] });
  }

  function box(p, b, out) {
    var x = b.r[0], y = b.r[1], w = b.r[2], h = b.r[3], d = domains[b.d] || "ink-3", color = p[d], tint = p[d + "-tint"] || p.surface;
    var style = { fill: tint, stroke: color, lineWidth: b.on ? 2.4 : 1, opacity: 1 };
    if (b.d === "external" || b.d === "unknown") style.lineDash = [4, 3];
    out.push(link(element("rect", 5, { x: x, y: y, width: w, height: h, r: 5 }, style), b));
    if (h < 30) {
      if (b.t) out.push(write(p, b.t, x + w / 2, y + h / 2, { fill: color, font: "600 12px " + p.font, align: "center", verticalAlign: "middle", width: w - 4 }));
      return;
    }
    var roomy = w > 110, font = "600 " + (roomy ? 12 : 11) + "px " + p.font, left = roomy ? x + 21 : x + 5, room = x + w - left - 3;
    out.push(write(p, wrap(b.t, room, font, h > 48 ? 2 : 1), left, y + 6, { fill: color, font: font, lineHeight: 14, width: room }));
    out.push(glyph(b.d, color, x + (roomy ? 7 : 5), roomy ? y + 7 : y + h - 15));
    if (!b.s) return;
    font = "11px " + p.font;
    var sub = measure(b.s, font) < w - 30 || !b.n ? b.s : b.n;
    out.push(write(p, sub, x + (roomy ? 21 : 18), y + h - 16, { fill: p["ink-2"], font: font, width: w - 25 }));
  }

  var pen = document.createElement("canvas").getContext("2d");
  function measure(text, font) { pen.font = font; return pen.measureText(text).width; }

  // wrap breaks a text between words; what is too long for its line is cut there.
  function wrap(text, width, font, most) {
    var lines = [""];
    text.split(" ").forEach(function (word) {
      var last = lines[lines.length - 1], longer = last ? last + " " + word : word;
      if (!last || measure(longer, font) <= width || lines.length === most) lines[lines.length - 1] = longer;
      else lines.push(word);
    });
    return lines.join("\n");
  }

  var dashes = { open: [5, 4], unknown: [2, 4], diode: [1, 4] };
  function stroke(p, k, on) { return k === "around" ? p.warn : on ? p.accent : k === "quiet" ? p["line-2"] : p["ink-2"]; }

  function line(p, l, out, faded) {
    var shape = { x1: l.p[0], y1: l.p[1], x2: l.p[2], y2: l.p[3] };
    var z = l.on ? 4 : l.k === "around" ? 3 : l.k === "quiet" ? 1 : 2;
    if (l.k !== "quiet") out.push(element("line", z, shape, { stroke: p.surface, lineWidth: l.w + 3 }));
    var style = { stroke: faded && !l.on ? p.line : stroke(p, l.k, l.on), lineWidth: l.on ? l.w + 1 : l.w, lineCap: "butt" };
    if (dashes[l.k]) style.lineDash = dashes[l.k];
    out.push(element("line", z, shape, style));
    // what is thin is still easy to meet
    out.push(link(element("line", z, shape, { stroke: "transparent", lineWidth: Math.max(l.w + 2, 8) }), l));
  }

  function end(p, e, out, faded) {
    var x = e.p[0], y = e.p[1], s = e.up ? 1 : -1;
    out.push(element("polygon", 6, { points: [[x, y], [x - 3.5, y + 6 * s], [x + 3.5, y + 6 * s]] }, { fill: faded && !e.on ? p.line : stroke(p, e.k, e.on), stroke: p.surface, lineWidth: 0.5 }));
  }

  function bar(p, b, out) {
    out.push(link(element("rect", 2, { x: b.r[0], y: b.r[1], width: Math.max(b.r[2], 1), height: b.r[3], r: 2 }, { fill: p["ink-3"] }), b));
    out.push(write(p, b.t, b.r[0] + b.r[2] + 6, b.r[1] - 2, { font: "600 12px " + p.font }));
  }

  function paint() {
    if (!shown) return;
    var fits = shown.drawings.filter(function (d) { return d.w <= shown.box.clientWidth + 1; });
    var d = fits.length ? fits[0] : shown.drawings[shown.drawings.length - 1];
    var scale = shown.box.clientWidth / d.w, p = palette(), out = [];
    shown.box.style.height = Math.ceil(d.h * scale) + "px";
    shown.chart.resize();
    if (d.rule) {
      out.push(element("line", 1, { x1: 0, y1: d.rule, x2: d.w, y2: d.rule }, { stroke: p["line-2"], lineWidth: 1, lineDash: [5, 4] }));
    }
    d.lines.forEach(function (l) { line(p, l, out, d.faded); });
    d.boxes.forEach(function (b) { box(p, b, out); });
    (d.ends || []).forEach(function (e) { end(p, e, out, d.faded); });
    (d.bars || []).forEach(function (b) { bar(p, b, out); });
    d.texts.forEach(function (t) {
      var more = { fill: p[tones[t.c] || t.c], font: (t.b ? "600 " : "") + "12px " + (t.m ? p.mono : p.font) };
      if (t.w) more.width = t.w;
      out.push(write(p, t.t, t.p[0], t.p[1], more));
    });
    shown.chart.setOption({
      animation: false,
      tooltip: {
        renderMode: "richText", confine: true, backgroundColor: p.surface, borderColor: p["line-2"], borderWidth: 1, padding: [6, 10],
        textStyle: { color: p.ink, fontSize: 12, fontFamily: p.font },
      },
      graphic: { elements: [{ type: "group", scaleX: scale, scaleY: scale, children: out }] },
    }, true);
  }

  function draw() {
    var box = document.querySelector("[data-map]");
    if (shown && shown.box === box) return;
    if (shown) shown.chart.dispose();
    shown = null;
    if (!box || !window.echarts) return;
    shown = { box: box, drawings: JSON.parse(box.dataset.map), chart: window.echarts.init(box, null, { renderer: "canvas" }) };
    paint();
  }

  new MutationObserver(paint).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  var later;
  window.addEventListener("resize", function () { clearTimeout(later); later = setTimeout(paint, 120); });
  document.addEventListener("htmx:afterSettle", draw);
  draw();
})();
