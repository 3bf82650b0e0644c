/* With a mouse or a finger: things to be put in order are moved by their grips, choices are carried to the rows they belong to.
   An extra: both only set the select boxes, which do without. [data-drag=order] · [data-drag=match] */
(function () {
  "use strict";
  function all(root, selector) { return Array.prototype.slice.call(root.querySelectorAll(selector)); }
  function part(kind, words) {
    var found = document.createElement("span");
    found.className = kind;
    found.textContent = words;
    found.setAttribute("aria-hidden", "true");
    return found;
  }
  function choose(select, place) {
    if (select.disabled || select.selectedIndex === place) return;
    select.selectedIndex = place;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  // carried(thing, move, drop): follow the pointer from when it takes the thing until it lets go; a gesture that is broken off does nothing
  function carried(thing, marked, move, drop) {
    thing.addEventListener("pointerdown", function (event) {
      if (event.button || marked.closest("[disabled]")) return;
      event.preventDefault();
      thing.setPointerCapture(event.pointerId);
      marked.classList.add("is-carried");
    });
    thing.addEventListener("pointermove", function (event) {
      if (thing.hasPointerCapture(event.pointerId)) move(event);
    });
    thing.addEventListener("pointerup", function (event) {
      if (thing.hasPointerCapture(event.pointerId)) drop(event);
    });
    thing.addEventListener("lostpointercapture", function () { marked.classList.remove("is-carried"); move(null); });
  }

  all(document, "[data-drag=order]").forEach(function (list) {
    function place(row) { return row.querySelector("select").selectedIndex || 1000; }
    all(list, ".quiz-pair").sort(function (one, other) { return place(one) - place(other); }).forEach(function (row) { list.appendChild(row); });
    all(list, ".quiz-pair").forEach(function (row) {
      var grip = part("quiz-grip", "\u2261");
      row.insertBefore(grip, row.firstChild);
      carried(grip, row, function (event) {
        if (!event) return;
        var before = row.previousElementSibling, after = row.nextElementSibling;
        // the neighbour moves, never the row itself: it would lose the pointer
        if (before && event.clientY < before.getBoundingClientRect().top + before.offsetHeight / 2) row.after(before);
        else if (after && event.clientY > after.getBoundingClientRect().top + after.offsetHeight / 2) row.before(after);
      }, function () {
        all(list, "select").forEach(function (select, number) { choose(select, number + 1); });
      });
    });
  });

  all(document, "[data-drag=match]").forEach(function (list) {
    var cards = part("quiz-cards", ""), rows = all(list, ".quiz-pair"), over = null;
    function under(event) {
      var found = event && document.elementFromPoint(event.clientX, event.clientY);
      found = found && found.closest(".quiz-pair");
      return rows.indexOf(found) < 0 ? null : found;
    }
    all(rows[0], "option").slice(1).forEach(function (option, number) {
      var card = part("quiz-card", option.textContent);
      cards.appendChild(card);
      carried(card, card, function (event) {
        if (over) over.classList.remove("is-over");
        over = under(event);
        if (over) over.classList.add("is-over");
      }, function (event) {
        var row = under(event);
        if (row) choose(row.querySelector("select"), number + 1);
      });
    });
    list.insertBefore(cards, list.firstChild);
  });
})();
