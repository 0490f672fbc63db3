// Light, dark or as the system. Loaded in the head, before anything is drawn.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try { return localStorage.getItem("il-theme") || "system"; } catch { return "system"; }
  }
  function apply() {
    var theme = chosen();
    if (theme === "system") theme = system.matches ? "dark" : "light";
    root.setAttribute("data-bs-theme", theme);
    document.querySelectorAll("[data-theme-switch] button").forEach(function (b) {
      b.setAttribute("aria-pressed", String(b.value === chosen()));
    });
  }
  root.classList.add("js");
  system.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-theme-switch]").forEach(function (f) { f.hidden = false; });
    apply();
  });
  document.addEventListener("click", function (e) {
    var b = e.target.closest("[data-theme-switch] button");
    if (!b) return;
    try { localStorage.setItem("il-theme", b.value); } catch { /* this visit only */ }
    apply();
  });
  apply();
})();
