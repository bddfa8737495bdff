// The keys of the call desk without Alt, for whoever turns that on; a key never works while something is typed.
"use strict";

const SETTING = "desk-single-keys";
const box = document.getElementById(SETTING);
const modified = (event) => event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.repeat;
const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select");

if (box) {
  box.closest(".desk-keys").hidden = false;
  box.checked = window.localStorage.getItem(SETTING) === "on";
  box.addEventListener("change", () => {
    window.localStorage.setItem(SETTING, box.checked ? "on" : "off");
  });
  document.addEventListener("keydown", (event) => {
    if (!box.checked || modified(event) || typing(event.target)) {
      return;
    }
    const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (pressed) {
      event.preventDefault();
      pressed.click();
    }
  });
}
