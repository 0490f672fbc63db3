// Pages that ask for themselves while long work runs: a lost connection is said
// quietly in place, the next try is a second away, and nothing is swapped from
// under a finger.
(function () {
  "use strict";
  function lost(e) {
    var box = e.target.closest && e.target.closest("[data-poll]");
    if (!box || e.target !== box) return;
    e.stopPropagation();
    box.querySelectorAll("[data-poll-lost]").forEach(function (p) { p.hidden = false; });
  }
  document.addEventListener("htmx:afterSettle", function () {
    var done = document.querySelector("#job[data-then]");
    if (done) location.replace(done.getAttribute("data-then"));
  });
  var down = false;
  document.addEventListener("pointerdown", function () { down = true; }, true);
  ["pointerup", "pointercancel"].forEach(function (name) {
    document.addEventListener(name, function () { setTimeout(function () { down = false; }, 0); }, true);
  });
  document.addEventListener("htmx:beforeSwap", function (e) {
    if (down && e.target.closest && e.target.closest("[data-poll]") && e.detail.requestConfig && e.detail.requestConfig.verb === "get") e.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:sendError", lost, true);
  document.addEventListener("htmx:timeout", lost, true);
})();
