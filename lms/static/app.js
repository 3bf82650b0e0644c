/* What the pages do beyond plain HTML. Everything here is a comfort: without it every form and menu still works.
   data-confirm: a question unfolding in place becomes a dialog · data-autosave="URL": the form is kept while it is filled in ·
   .menu closes by Escape and by a click elsewhere · a form is sent once · data-focus: gets the focus when the page opens ·
   data-by-itself: a form that is sent without being asked. */
(function () {
  "use strict";
  var each = function (selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); };

  // Questions before something is done
  each("details[data-confirm]", function (details) {
    var panel = details.querySelector(".confirm-panel");
    var summary = details.querySelector("summary");
    var cancel = panel.querySelector("[data-cancel]");
    var dialog = document.createElement("dialog");
    if (!dialog.showModal) return;
    dialog.setAttribute("aria-labelledby", details.id + "-title");
    dialog.appendChild(panel);
    document.body.appendChild(dialog);
    cancel.hidden = false;
    summary.setAttribute("aria-haspopup", "dialog");
    summary.addEventListener("click", function (event) {
      event.preventDefault();
      dialog.showModal();
      cancel.focus(); // the safe answer comes first
    });
    cancel.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", function () { summary.focus(); });
  });

  // Menus
  function closeMenus(except) {
    each("details.menu[open]", function (menu) { if (menu !== except) menu.open = false; });
  }
  document.addEventListener("click", function (event) { closeMenus(event.target.closest("details.menu")); });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });

  // A form is sent once; after eight seconds, or when the page comes back from the history, it may be sent again
  function release(form) {
    delete form.dataset.sent;
    Array.prototype.forEach.call(form.elements, function (one) { one.removeAttribute("aria-busy"); });
  }
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    setTimeout(function () { release(form); }, 8000);
  });
  window.addEventListener("pageshow", function (event) { if (event.persisted) each("form[data-sent]", release); });

  // Answers kept while they are given: one request at a time, the newest state wins, unsent ones wait for the network
  each("form[data-autosave]", function (form) {
    var status = form.querySelector("[data-autosave-status]");
    var timer = 0, changed = false, sending = false, stopped = false, wait = 0;
    function say(state) {
      if (!status || status.dataset.state === state) return;
      status.dataset.state = state;
      status.textContent = status.dataset[state];
    }
    function later(pause) { clearTimeout(timer); timer = setTimeout(send, pause); }
    function send() {
      if (!changed || sending || stopped) return;
      sending = true;
      changed = false;
      say("saving");
      var token = form.querySelector("[name=csrf_token]");
      fetch(form.dataset.autosave, {
        method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: document.hidden, redirect: "manual",
        headers: { "X-CSRFToken": token ? token.value : "", "X-Requested-With": "fetch" }
      }).then(function (answer) {
        sending = false;
        wait = 0;
        if (answer.ok) {
          if (changed) later(1000); else say("saved");
        } else if (answer.status === 409) {
          stopped = true;
          say("conflict");
        } else if (answer.status >= 500 || answer.status === 429) {
          unsent();
        } else {
          changed = true; // still not kept: the page must warn before it is left
          say("refused");
        }
      }, unsent);
    }
    function unsent() {
      sending = false;
      changed = true;
      say("unsent");
      wait = Math.min(wait ? wait * 2 : 4000, 60000);
      later(wait);
    }
    function note() { changed = true; later(1200); }
    form.addEventListener("input", note);
    form.addEventListener("change", note);
    form.addEventListener("submit", function () { stopped = true; clearTimeout(timer); });
    window.addEventListener("online", function () { later(0); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) send(); });
    window.addEventListener("pageshow", function (event) { if (event.persisted) stopped = false; });
    window.addEventListener("beforeunload", function (event) { if ((changed || sending) && !stopped) event.preventDefault(); });
  });

  // What scrolls sideways can be reached by the keyboard
  each("pre, .prose math[display=block]", function (one) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
  });

  // The note of a term goes away by Escape, until it is looked for again
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    each(".term:hover, .term:focus-within", function (term) { term.dataset.closed = ""; });
  });
  each(".term", function (term) {
    function open() { delete term.dataset.closed; }
    term.addEventListener("mouseleave", open);
    term.addEventListener("focusout", open);
  });

  // What is on the page counts as read; the button says it where there is no script
  each("form[data-by-itself]", function (form) {
    fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual" }).then(function () { form.remove(); }, function () {});
  });

  var first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
