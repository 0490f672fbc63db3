// Pages that ask for themselves while long work runs: a lost connection is said
// quietly in place, and the next try is a second away.
(function () {
  "use strict";
  function lost(e) {
    var box = e.target.closest && e.target.closest("[data-poll]");
    if (!box || e.target !== box) return;
    e.stopPropagation();
    box.querySelectorAll("[data-poll-lost]").forEach(function (p) { p.hidden = false; });
  }
  document.addEventListener("htmx:sendError", lost, true);
  document.addEventListener("htmx:timeout", lost, true);
})();
