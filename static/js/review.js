// The review screen with the keyboard: next, open, answer, record, undo.
// Everything here also works with the mouse and without scripts.
(function () {
  "use strict";
  var $ = function (s, from) { return (from || document).querySelector(s); };
  var $$ = function (s, from) { return Array.from((from || document).querySelectorAll(s)); };
  var remember = {
    get: function (k) { try { return sessionStorage.getItem(k); } catch { return null; } },
    set: function (k, v) { try { if (v) sessionStorage.setItem(k, v); else sessionStorage.removeItem(k); } catch { /* not kept */ } },
  };
  var answers = { c: "certify", x: "certify_under_exception", d: "reduce", r: "revoke", u: "unsure" };

  function keysOn() {
    try { return localStorage.getItem("il-keys") !== "off"; } catch { return true; }
  }
  function form() { return $("form[data-decide]"); }
  function picked() { return $("form[data-decide] input[name=answer]:checked"); }

  function typing(el) {
    return el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) ||
      (el.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(el.type));
  }

  // Keys act on what can be seen. An open item further away is shown first.
  function seen() {
    var item = $(".il-item.open");
    if (!item || !form()) return false;
    var box = item.getBoundingClientRect();
    if (box.bottom > 96 && box.top < window.innerHeight - 96) return true;
    item.scrollIntoView({ block: "start", behavior: "instant" });
    $("[data-question]", item).focus({ preventScroll: true });
    window.interlock.tell("This item is open. Press the key again to answer it.");
    return false;
  }

  // The row the keyboard is on: the focused one, else the open one.
  function move(step) {
    var rows = $$("[data-row]").filter(function (r) { return r.offsetParent !== null; });
    if (!rows.length) return;
    var here = document.activeElement.closest && document.activeElement.closest(".il-item");
    if (!here || !rows.some(function (r) { return here.contains(r); })) here = $(".il-item.open");
    var at = rows.findIndex(function (r) { return here && here.contains(r); });
    var next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    next.focus();
    next.closest(".il-item").scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  function open() {
    var here = document.activeElement.closest && document.activeElement.closest(".il-item");
    var row = here && $("[data-row]", here) || $(".il-item.open [data-row]") || $("[data-row]");
    if (row) row.click();
  }

  function pick(value) {
    var radio = $("form[data-decide] input[name=answer][value=" + value + "]");
    if (!radio || !seen()) return;
    var label = $("label[for=" + radio.id + "]");
    if (radio.disabled) {
      window.interlock.tell($("b", label).innerText + " is not possible: " + label.dataset.off);
      $("small", label).scrollIntoView({ block: "nearest", behavior: "instant" });
      return;
    }
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    var note = $("textarea", form());
    if (value === "reduce") $("select", form()).focus();
    else if (note && form().hasAttribute("data-note-needed") && !note.value.trim()) note.focus();
    else radio.focus();
    radio.closest("div").scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  function record() {
    if (!seen()) return;
    if (picked()) form().requestSubmit();
    else window.interlock.tell("Pick an answer first.");
  }

  // What was answered last in this visit; what is older is taken back where it stands.
  function takeBack() {
    var last = $("form[data-undo-last]");
    var decided = $("#s-decided");
    if (last) {
      last.requestSubmit();
      return;
    }
    if (decided) decided.scrollIntoView({ block: "start", behavior: "instant" });
    window.interlock.tell(decided ? "Nothing was answered in this visit. Take earlier answers back here." : "There is nothing to take back.");
  }

  function help(show) {
    var dialog = $("#keys");
    if (!dialog) return;
    if (show && !dialog.open) dialog.showModal();
    else dialog.close();
  }

  document.addEventListener("keydown", function (e) {
    // Enter records from the reason too; Shift and Enter breaks the line there.
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing && e.target.closest && e.target.closest("form[data-decide]") &&
        (e.ctrlKey || e.metaKey || e.target.matches("textarea"))) {
      e.preventDefault();
      record();
      return;
    }
    if (e.key === "Escape" && e.target.closest && e.target.closest("form[data-decide]")) {
      e.target.blur();
      return;
    }
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !$("[data-review]")) return;
    if (!keysOn() || typing(e.target) || $("dialog[open]")) return;
    var key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "o") open();
    else if (answers[key]) pick(answers[key]);
    else if (key === "s") { if ($("[data-skip]")) $("[data-skip]").click(); }
    else if (key === "z") takeBack();
    else if (key === "/") { $("#q").focus(); $("#q").select(); }
    else if (key === "?" || key === "7") help(true);
    else if (key === "Enter" && !e.target.closest("a, button, input, summary, label")) { if (form()) record(); }
    else return;
    e.preventDefault();
  });

  document.addEventListener("click", function (e) {
    if (e.target.closest("[data-keys-open]")) help(true);
    if (e.target.closest("[data-keys-close]")) help(false);
  });

  document.addEventListener("change", function (e) {
    if (e.target.id === "keys-on") {
      try { localStorage.setItem("il-keys", e.target.checked ? "on" : "off"); } catch { /* this visit only */ }
    }
    var bulk = e.target.closest("form[data-bulk]");
    if (bulk && e.target.name === "item") count(bulk);
  });

  // How many of a group are ticked stands on its buttons.
  function count(bulk) {
    var n = $$("input[name=item]:checked", bulk).length;
    $$("[data-n]", bulk).forEach(function (el) { el.textContent = el.closest("button") ? n : "the " + n; });
    $$("button[name=answer]", bulk).forEach(function (b) { b.disabled = n === 0; });
  }

  // What was typed survives a reload, a lost connection and a new sign-in.
  function draft(f) {
    var group = $("input[name=open]", f);
    return "il-draft:" + f.getAttribute("action") + (group ? ":" + group.value : "");
  }
  document.addEventListener("input", function (e) {
    var f = e.target.closest("form[data-decide], form[data-bulk]");
    if (f && e.target.name === "note") remember.set(draft(f), e.target.value);
  });

  function dress() {
    $$("form[data-decide], form[data-bulk]").forEach(function (f) {
      var note = $("textarea[name=note]", f);
      if (note && !note.value) note.value = remember.get(draft(f)) || "";
    });
    $$("form[data-bulk]").forEach(count);
    var on = $("#keys-on");
    if (on) on.checked = keysOn();
  }

  // Opening, skipping and recording lead to the open item; all else (search,
  // more, undo, bulk) leaves the reader where they are.
  var leads = false;
  document.addEventListener("htmx:beforeRequest", function (e) {
    leads = !!(e.detail.elt.matches && (e.detail.elt.matches("[data-row], [data-skip], [data-decide], .il-plain-a") || e.detail.elt.closest("[data-undo]")));
  });
  document.addEventListener("htmx:beforeSwap", function (e) {
    var f = e.detail.elt;
    var post = e.detail.requestConfig && e.detail.requestConfig.verb === "post";
    if (post && f.matches && f.matches("form[data-decide], form[data-bulk]") && e.detail.xhr.status < 300 && e.detail.shouldSwap) remember.set(draft(f), "");
  });
  document.addEventListener("htmx:afterSettle", function () {
    if (!$("[data-review]")) return;
    dress();
    var alarm = $("[data-focus]");
    var wrong = $("form[data-decide] .invalid-feedback");
    var item = $(".il-item.open");
    if (alarm) alarm.focus();
    else if (wrong && leads) (describedBy(wrong) || wrong).focus();
    else if (item && leads) {
      item.scrollIntoView({ block: "start", behavior: "instant" });
      $("[data-question]", item).focus({ preventScroll: true });
    } else if (leads && location.hash) {
      var row = $(location.hash + " [data-row]");
      if (row) row.focus();
    } else if (document.activeElement === document.body) $("#main").focus({ preventScroll: true });
  });
  function describedBy(message) { return $("[aria-describedby~=" + message.id + "]:not(fieldset)") || $("input[name=answer]:not(:disabled)"); }

  dress();
})();
