// The frame of every page: menus that close, toasts, and what happens when a
// swap in place does not bring a page back.
(function () {
  "use strict";

  function say(text) {
    var live = document.getElementById("il-live");
    if (live) live.textContent = text;
  }

  // tell says it and shows it for a while.
  function tell(text) {
    document.querySelectorAll("[data-toast]").forEach(function (t) { t.remove(); });
    var box = document.createElement("div");
    box.className = "il-toast";
    box.setAttribute("data-toast", "");
    var span = document.createElement("span");
    span.textContent = text;
    box.append(span);
    document.getElementById("main").append(box);
    setTimeout(function () { box.remove(); }, 7000);
    say(text);
  }

  // A menu closes on Escape and on a click elsewhere.
  var menus = ".il-user[open], .il-menu[open]";
  document.addEventListener("click", function (e) {
    document.querySelectorAll(menus).forEach(function (m) {
      if (!m.contains(e.target)) m.open = false;
    });
  });
  document.addEventListener("keydown", function (e) {
    if (e.key !== "Escape") return;
    document.querySelectorAll(menus).forEach(function (m) {
      m.open = false;
      m.querySelector("summary").focus();
    });
  });

  // What a toast offers is also in the page, so it may go by itself.
  function dress() {
    document.querySelectorAll("[data-toast-close]").forEach(function (b) {
      if (!b.hidden) return;
      b.hidden = false;
      var toast = b.closest("[data-toast]");
      (function later() {
        setTimeout(function () {
          if (toast.matches(":hover, :focus-within, .bad")) later();
          else toast.remove();
        }, 12000);
      })();
    });
  }
  document.addEventListener("click", function (e) {
    var b = e.target.closest("[data-toast-close]");
    if (b) b.closest("[data-toast]").remove();
  });
  dress();

  // An alarm says what did not happen. What was typed stays where it is.
  function alarm(title, text) {
    var main = document.getElementById("main");
    document.querySelectorAll("[data-alarm]").forEach(function (a) { a.remove(); });
    var box = document.createElement("div");
    box.className = "il-alarm";
    box.setAttribute("role", "alert");
    box.setAttribute("data-alarm", "");
    box.tabIndex = -1;
    var b = document.createElement("b");
    b.textContent = title;
    var p = document.createElement("div");
    p.append(b, " " + text);
    box.append(p);
    main.prepend(box);
    box.focus({ preventScroll: true });
  }
  function failed(e, why) {
    var verb = e.detail.requestConfig && e.detail.requestConfig.verb;
    if (verb === "post") alarm("Not saved.", why + " What you typed is still here: try again.");
    else alarm("Not loaded.", why + " Try again.");
    document.querySelectorAll("form[data-sent]").forEach(unlock);
  }
  document.addEventListener("htmx:sendError", function (e) { failed(e, "Interlock cannot be reached."); });
  document.addEventListener("htmx:timeout", function (e) { failed(e, "Interlock did not answer in time."); });
  document.addEventListener("htmx:beforeSwap", function (e) {
    var xhr = e.detail.xhr;
    var at = xhr.responseURL ? new URL(xhr.responseURL).pathname : "";
    if (at === "/login") {
      e.detail.shouldSwap = false;
      location.assign("/login?next=" + encodeURIComponent(location.pathname + location.search));
    } else if (xhr.status !== 204 && !/\sid="main"/.test(xhr.responseText)) {
      e.detail.shouldSwap = false;
      failed(e, "Interlock answered " + xhr.status + ".");
    }
  });
  var path = location.pathname;
  document.addEventListener("htmx:afterSettle", function () {
    dress();
    if (location.pathname !== path) {
      path = location.pathname;
      window.scrollTo({ top: 0, behavior: "instant" });
      document.getElementById("main").focus({ preventScroll: true });
    }
    var toast = document.querySelector("[data-toast] > span");
    if (toast) say(toast.textContent);
  });

  // A form is sent once, however often its button is pressed.
  function unlock(form) { form.removeAttribute("data-sent"); }
  document.addEventListener("submit", function (e) {
    var form = e.target;
    if (form.method !== "post") return;
    if (form.hasAttribute("data-sent")) { e.preventDefault(); e.stopImmediatePropagation(); return; }
    form.setAttribute("data-sent", "");
    setTimeout(unlock, 8000, form);
  }, true);
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(unlock); });

  window.interlock = { say: say, tell: tell };
})();
