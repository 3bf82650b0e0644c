/* A page of a preview shows what was saved: it waits for news and loads itself again, at the place where it was read, with what was
   written in its forms. While somebody writes it waits for a pause; a page that was the answer to a form, or in which a file is
   chosen, only says that there is something newer. */
(function () {
  "use strict";
  var bar = document.getElementById("preview-bar");
  if (!bar || !window.fetch || !window.sessionStorage) return;
  var state = bar.querySelector(".preview-state");
  var kept = "preview:" + location.pathname + location.search;
  var seen = bar.dataset.version;
  var written = 0, left = 0, asking = false, newer = false;
  var PAUSE = 1500; // milliseconds without a key; a form that keeps itself has been sent by then
  var LEAVING = 5000; // milliseconds in which another page comes that was asked for; it must not be overtaken

  function say(what) { var text = bar.dataset[what] || state.dataset[what] || ""; if (state.textContent !== text) state.textContent = text; }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function fields() { return all("main form input, main form textarea, main form select"); }

  // News
  function ask() {
    if (asking || newer || document.hidden) return;
    asking = true;
    var began = Date.now();
    fetch(bar.dataset.news + "?seen=" + encodeURIComponent(seen), { cache: "no-store", credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok) throw new Error("no news");
      return answer.json();
    }).then(function (news) {
      asking = false;
      if (state.textContent === state.dataset.stopped) say("");
      if (news.version !== seen) { newer = true; show(); } else setTimeout(ask, Date.now() - began < 1000 ? 500 : 0);
    }, function () {
      asking = false;
      say("stopped");
      setTimeout(ask, 1000);
    });
  }
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", function (event) { if (event.persisted) { newer = false; ask(); } });
  document.addEventListener("input", function (event) { if (event.target.closest("main")) written = Date.now(); });

  window.addEventListener("beforeunload", function () { left = Date.now(); });

  function show() {
    if (!("steady" in bar.dataset) || fields().some(function (field) { return field.type === "file" && field.value; })) { say("newer"); return; }
    var rest = Math.max(written + PAUSE, left + LEAVING) - Date.now();
    if (rest > 0) { if (written) say("later"); setTimeout(show, rest + 50); return; }
    remember();
    location.reload();
  }

  // Where one was, and what was written
  function name(field) { return (field.form.getAttribute("action") || "") + "\n" + field.name + "\n" + (field.type === "radio" || field.type === "checkbox" ? field.value : ""); }
  function changed(field) {
    if (field.type === "hidden" || field.type === "password" || !field.name) return false;
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) return Array.prototype.some.call(field.options, function (option) { return option.selected !== option.defaultSelected; });
    return field.value !== field.defaultValue;
  }
  function remember() {
    var above = all("main [id]").filter(function (one) { return one.getBoundingClientRect().top <= 4; }).pop();
    sessionStorage.setItem(kept, JSON.stringify({
      y: window.scrollY,
      mark: above ? above.id : "",
      beyond: above ? above.getBoundingClientRect().top : 0,
      open: all("details[id][open]").map(function (one) { return one.id; }),
      fields: fields().filter(changed).map(function (field) { return [name(field), field.value, !!field.checked]; })
    }));
  }
  function recall() {
    var before;
    try { before = JSON.parse(sessionStorage.getItem(kept)); } catch (error) { before = null; }
    sessionStorage.removeItem(kept);
    if (!before) return;
    before.open.forEach(function (id) { var one = document.getElementById(id); if (one) one.open = true; });
    before.fields.forEach(function (saved) {
      fields().filter(function (field) { return name(field) === saved[0]; }).slice(0, 1).forEach(function (field) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = saved[2]; else field.value = saved[1];
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
    written = 0;
    say("shown"); // before the page is scrolled: it takes a line
    var mark = before.mark && document.getElementById(before.mark);
    window.scrollTo(0, Math.round(mark ? window.scrollY + mark.getBoundingClientRect().top - before.beyond : before.y));
  }
  if ("scrollRestoration" in history) {
    history.scrollRestoration = sessionStorage.getItem(kept) ? "manual" : "auto";
  }
  recall();
  setTimeout(function () { history.scrollRestoration = "auto"; }, 1000);
  ask();
})();
