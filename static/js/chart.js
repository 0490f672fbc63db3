// Charts, in the tokens of the page. Each stands above a table with the same
// numbers, which is what there is without scripts and in print.
(function () {
  "use strict";
  var root = document.documentElement;
  var drawn = [];

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
  function thousands(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }

  // Open items by day: what was, what an even pace would be, what this pace gives.
  function burn(data, narrow) {
    var ink = token("ink"), soft = token("ink-3"), line = token("line"), accent = token("accent"), warn = token("warn"), surface = token("surface");
    var days = data.days.map(function (d) { return d.day; });
    var ahead = data.ahead || [];
    var last = days.length - 1, end = last + ahead.length;
    var start = data.days.length ? data.days[0].open : 0;
    function at(i, value) { var row = new Array(end + 1).fill(null); row[i] = value; return row; }
    var even = at(0, start); even[end] = 0;
    var pace = at(last, data.days[last].open); pace[end] = data.atDue;
    var text = { color: soft, fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
    function tag(value, color, where) {
      return { show: true, position: where, formatter: value, color: color, fontSize: 12, fontWeight: 600, fontFamily: text.fontFamily, textBorderColor: surface, textBorderWidth: 4, align: late ? "right" : "left" };
    }
    function spot(i, value, label) { return { coord: [i, value], symbol: "circle", symbolSize: 7, label: label }; }
    var late = last > end / 2; // labels stand where there is room
    var beside = late ? [0, -18] : [12, -12];
    var series = [{
      name: "Open", type: "line", symbol: "none", emphasis: { disabled: true }, lineStyle: { color: accent, width: 2 }, areaStyle: { color: token("accent-tint"), opacity: 1 }, z: 2,
      data: data.days.map(function (d) { return d.open; }),
      markPoint: { silent: true, itemStyle: { color: accent }, data: [spot(last, data.days[last].open, tag(thousands(data.days[last].open) + " open", accent, beside))] },
    }, {
      name: "High risk", type: "line", symbol: "none", emphasis: { disabled: true }, lineStyle: { color: warn, width: 2 }, z: 3, data: data.days.map(function (d) { return d.high; }),
      markPoint: { silent: true, itemStyle: { color: warn }, data: [spot(last, data.days[last].high, tag(thousands(data.days[last].high) + " high risk", warn, beside))] },
    }];
    if (ahead.length) {
      series.push({ name: "Even pace", type: "line", symbol: "none", emphasis: { disabled: true }, connectNulls: true, silent: true, lineStyle: { color: soft, width: 1, type: "dashed" }, z: 1, data: even });
      if (data.atDue !== undefined) {
        series.push({
          name: "At this pace", type: "line", symbol: "none", emphasis: { disabled: true }, connectNulls: true, silent: true, lineStyle: { color: accent, width: 2, type: "dashed" }, z: 2, data: pace,
          markPoint: { silent: true, itemStyle: { color: accent }, data: [spot(end, data.atDue, tag(thousands(data.atDue) + (narrow ? "" : " at this pace"), ink, [0, narrow ? -26 : -38]))] },
        });
        series[3].markPoint.data[0].label.align = "right";
      }
    }
    return {
      animation: false,
      textStyle: text,
      grid: { left: 4, right: 24, top: 20, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: token("surface"), borderColor: token("line-2"), borderWidth: 1, padding: [6, 10],
        textStyle: { color: ink, fontSize: 12, fontFamily: text.fontFamily }, axisPointer: { lineStyle: { color: token("line-2") } },
        formatter: function (points) {
          var i = points[0].dataIndex, d = data.days[i];
          if (!d) return ahead[i - last - 1] + (i === end && data.atDue !== undefined ? "\n" + thousands(data.atDue) + " open at this pace" : "");
          return d.day + "\n" + thousands(d.open) + " open\n" + thousands(d.high) + " high risk";
        },
      },
      xAxis: {
        type: "category", data: days.concat(ahead), boundaryGap: false, axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
        axisLabel: {
          color: soft, fontSize: 11, hideOverlap: true, alignMaxLabel: "right",
          interval: function (i) { var step = Math.max(1, Math.ceil(end / (narrow ? 3 : 7))); return i === 0 || i === end || i % step === 0 && end - i >= step * 0.7; },
        },
      },
      yAxis: { type: "value", min: 0, minInterval: 1, splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, fontSize: 11, formatter: thousands } },
      series: series,
    };
  }
  // What stood open on each day, and how much of it is grave.
  function trend(data, narrow) {
    var ink = token("ink"), soft = token("ink-3"), line = token("line"), accent = token("accent"), warn = token("warn"), surface = token("surface");
    var text = { color: soft, fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
    var last = data.days.length - 1;
    function series(name, key, color, label, area) {
      var value = data.days[last][key];
      return {
        name: name, type: "line", step: "end", symbol: "none", emphasis: { disabled: true }, lineStyle: { color: color, width: 2 }, areaStyle: area ? { color: token("accent-tint"), opacity: 1 } : undefined, z: area ? 2 : 3,
        data: data.days.map(function (d) { return d[key]; }),
        markPoint: {
          silent: true, itemStyle: { color: color },
          data: [{ coord: [last, value], symbol: "circle", symbolSize: 7, label: { show: true, position: [-6, -18], align: "right", formatter: thousands(value) + label, color: color, fontSize: 12, fontWeight: 600, fontFamily: text.fontFamily, textBorderColor: surface, textBorderWidth: 4 } }],
        },
      };
    }
    return {
      animation: false,
      textStyle: text,
      grid: { left: 4, right: 16, top: 24, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, backgroundColor: surface, borderColor: token("line-2"), borderWidth: 1, padding: [6, 10],
        textStyle: { color: ink, fontSize: 12, fontFamily: text.fontFamily }, axisPointer: { lineStyle: { color: token("line-2") } },
        formatter: function (points) { var d = data.days[points[0].dataIndex]; return d.day + "\n" + thousands(d.open) + " open\n" + thousands(d.high) + " high or critical"; },
      },
      xAxis: {
        type: "category", data: data.days.map(function (d) { return d.day; }), boundaryGap: false, axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
        axisLabel: { color: soft, fontSize: 11, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right", interval: Math.max(0, Math.ceil(last / (narrow ? 3 : 5)) - 1) },
      },
      yAxis: { type: "value", min: 0, minInterval: 1, splitNumber: 3, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, fontSize: 11, formatter: thousands } },
      series: [series("Open", "open", accent, " open", true), series("High or critical", "high", warn, narrow ? " high" : " high or critical", false)],
    };
  }
  var kinds = { burn: burn, trend: trend };

  function draw(box) {
    var table = box.closest("[data-chart-of]").querySelector("[data-chart-table]");
    if (!window.echarts || !kinds[box.dataset.chart]) {
      box.hidden = true;
      table.setAttribute("data-ready", "");
      return;
    }
    var data = JSON.parse(box.dataset.chartData);
    if (!data.days || !data.days.length) { box.hidden = true; table.setAttribute("data-ready", ""); return; }
    var chart = window.echarts.init(box, null, { renderer: "canvas" });
    box.setAttribute("data-drawn", "");
    table.open = false;
    table.setAttribute("data-ready", "");
    var paint = function () { chart.setOption(kinds[box.dataset.chart](data, box.clientWidth < 480), true); };
    paint();
    drawn.push({ box: box, chart: chart, paint: paint });
  }
  function all() {
    drawn = drawn.filter(function (d) {
      if (d.box.isConnected) return true;
      d.chart.dispose();
      return false;
    });
    document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
  }
  function again() { drawn.forEach(function (d) { d.paint(); }); }

  new MutationObserver(again).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
  var later;
  window.addEventListener("resize", function () {
    clearTimeout(later);
    later = setTimeout(function () { drawn.forEach(function (d) { d.chart.resize(); d.paint(); }); }, 120);
  });
  // On paper the table is what counts.
  window.addEventListener("beforeprint", function () { document.querySelectorAll("[data-chart-table]").forEach(function (t) { t.open = true; }); });
  window.addEventListener("afterprint", function () { document.querySelectorAll("[data-chart-table]").forEach(function (t) { t.open = false; }); });
  document.addEventListener("htmx:afterSettle", all);
  all();
})();
