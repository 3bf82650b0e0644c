/* Words selected in a text go into the form that comments on them, with those in front of them. */
(function () {
  "use strict";

  document.querySelectorAll("form[data-quote]").forEach(function (form) {
    var text = document.querySelector("[data-passages]");
    if (!text) return;
    function take() {
      var selection = document.getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return;
      var range = selection.getRangeAt(0);
      if (!text.contains(range.commonAncestorContainer)) return;
      var front = document.createRange();
      front.setStart(text, 0);
      front.setEnd(range.startContainer, range.startOffset);
      form.elements.quote.value = selection.toString();
      form.elements.before.value = front.toString().slice(-60);
      form.closest("details").open = true;
    }
    text.addEventListener("mouseup", take);
    text.addEventListener("touchend", take);
    text.addEventListener("keyup", take);
  });
})();
