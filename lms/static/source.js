/* A text of source opens at the line that is meant: textarea[data-line]. */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("textarea[data-line]"), function (text) {
    var lines = text.value.split("\n");
    var line = Math.min(Math.max(Number(text.dataset.line), 1), lines.length);
    var begin = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(begin, begin + lines[line - 1].length);
    text.scrollTop = Math.max(0, (line - 4) * text.scrollHeight / lines.length);
  });
})();
