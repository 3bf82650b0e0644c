/* Pages of a round look whether something has happened: [data-live] is where to ask, [data-stamp] what the page shows. An answer that
   is filled in is sent when the time is over. Without this script the pages come anew by themselves. */
(function () {
  "use strict";
  var page = document.querySelector("[data-live]");
  if (!page) return;
  var answer = document.querySelector("form[data-live-answer]");
  var look = document.querySelector("form[data-live-look]");
  var count = document.querySelector("[data-answered]");
  var clock = document.querySelector("[data-left]");
  var tag = "", wait = 1000, sent = false;

  function filled() {
    var found = false;
    new FormData(answer).forEach(function (value, name) {
      if (name !== "csrf_token" && name !== "question" && String(value).trim()) found = true;
    });
    return found;
  }
  function over() {
    if (answer && !sent && filled()) answer.requestSubmit();
  }
  function hold() {
    sent = true; // no other page meanwhile; if nothing comes, go on
    setTimeout(function () { sent = false; }, 8000);
  }
  if (answer) answer.addEventListener("submit", hold);
  if (look) { hold(); look.requestSubmit(); }

  if (clock) {
    var end = performance.now() + 1000 * Number(clock.dataset.left);
    var ticking = setInterval(function () {
      var left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      clock.firstElementChild.textContent = left || clock.dataset.over;
      if (!left) { clearInterval(ticking); over(); }
    }, 250);
  }

  function ask() {
    if (document.hidden || sent) { setTimeout(ask, 1000); return; }
    fetch(page.dataset.live, { credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {} }).then(function (reply) {
      wait = 1000;
      if (reply.status === 304) return null;
      if (!reply.ok) { wait = 8000; return null; }
      tag = reply.headers.get("ETag") || "";
      return reply.json();
    }).then(function (now) {
      if (now && !now.open) over();
      if (now && now.stamp !== page.dataset.stamp && !sent) { location.reload(); return; }
      if (now && count) count.textContent = now.answered;
      setTimeout(ask, wait);
    }).catch(function () {
      wait = Math.min(wait * 2, 8000);
      setTimeout(ask, wait);
    });
  }
  setTimeout(ask, wait);
})();
