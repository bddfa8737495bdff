// A searchable choice has no name of its own: it takes the one of the label above it.
"use strict";

window.addEventListener("load", () => {
  for (const box of document.querySelectorAll(".select2-selection")) {
    const choice = box.closest(".select2-container").previousElementSibling;
    const label = document.querySelector(`label[for="${choice.id}"]`);
    if (label) {
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", label.textContent.trim());
    }
  }
});
