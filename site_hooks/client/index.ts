// The script of every page: registers its elements, and starts Python as soon as a learner shows intent.
import { PyCell } from "./cell";
import { SectionChooser } from "./chooser";
import { Intent } from "./intent";
import { offline } from "./offline";
import { OfflineUse } from "./offline-use";
import { session } from "./session";
import { SiteStorage } from "./storage";
import { followTheme } from "./theme";
import { followVersion } from "./version";

// The page says so when the browser cannot run cells; they then stay what they are without script.
const unsupported = document.documentElement.hasAttribute("data-unsupported");

if (!unsupported && !customElements.get("py-cell")) {
  PyCell.intent = new Intent(() => session.load());
  followTheme();
  customElements.define("py-cell", PyCell);
  customElements.define("section-chooser", SectionChooser);
  customElements.define("offline-use", OfflineUse);
  customElements.define("site-storage", SiteStorage);
  offline.keepUsed();
  followVersion();
}
