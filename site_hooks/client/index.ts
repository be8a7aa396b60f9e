// The script of every page: registers its elements, and starts Python as soon as a learner shows intent.
import { PyCell } from "./cell";
import { SectionChooser } from "./chooser";
import { Intent } from "./intent";
import { session } from "./session";
import { followTheme } from "./theme";

// The page says so when the browser cannot run cells; they then stay what they are without script.
const unsupported = document.documentElement.hasAttribute("data-unsupported");

if (!unsupported && !customElements.get("py-cell")) {
  PyCell.intent = new Intent(() => session.load());
  followTheme();
  customElements.define("py-cell", PyCell);
  customElements.define("section-chooser", SectionChooser);
}
