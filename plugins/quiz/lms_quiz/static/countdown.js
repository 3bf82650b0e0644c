/* Time that runs out, by the server's clock. data-countdown="seconds": left when the page was made; at the end the form is sent as it
   stands, by its [data-countdown-end]. */
(function () {
  "use strict";

  document.querySelectorAll("[data-countdown]").forEach(function (box) {
    var end = performance.now() + 1000 * Number(box.dataset.countdown), form = box.closest("form");
    var left = box.querySelector("[data-countdown-left]"), said = box.querySelector("[data-countdown-said]");
    var told = Infinity;
    function two(number) { return (number < 10 ? "0" : "") + number; }
    function show() {
      var seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      var hours = Math.floor(seconds / 3600), rest = two(Math.floor(seconds / 60) % 60) + ":" + two(seconds % 60);
      left.textContent = hours ? hours + ":" + rest : rest;
      [300, 60].forEach(function (mark) { // for readers of the screen: twice, not every second
        if (seconds <= mark && told > mark) { told = mark; said.textContent = left.textContent; }
      });
      if (seconds) return;
      clearInterval(timer);
      var button = form && form.querySelector("[data-countdown-end]");
      if (button) form.requestSubmit(button);
    }
    var timer = setInterval(show, 1000);
    box.hidden = false;
    show();
  });
})();
