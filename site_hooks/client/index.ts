// The script of every page: registers <py-cell>, and starts Python as soon as a learner shows intent.
import { PyCell } from "./cell";
import { Intent } from "./intent";
import { session } from "./session";
import { followTheme } from "./theme";

if (!customElements.get("py-cell")) {
  PyCell.intent = new Intent(() => session.load());
  followTheme();
  customElements.define("py-cell", PyCell);
}
