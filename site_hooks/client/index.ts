// The script of every page: registers its elements, and starts Python as soon as a learner shows intent.
import { PageTools } from "./cell/page-tools";
import { PyCell } from "./cell/py-cell";
import { followContents } from "./page/contents-follower";
import { followEmbed } from "./embed/door";
import { letGoOfLeftPages } from "./page/left-pages";
import { eachPage } from "./page/material";
import { enlargePictures } from "./page/picture-view";
import { keepPresses } from "./page/press";
import { followPractice } from "./practice/door";
import { followRace } from "./race/door";
import { firstDepth } from "./shared/depth";
import { Intent } from "./session/intent";
import { showCodeSize } from "./storage/code-size";
import { offline } from "./storage/offline";
import { OfflineUse } from "./storage/offline-use";
import { session } from "./session/session";
import { SiteStorage } from "./storage/site-storage";
import { followTheme } from "./page/theme";
import { followVersion } from "./page/site-version";
import { turnPagesByKey } from "./page/turning-pages";
import { followChoices } from "./choose/door";

// The page says so when the browser cannot run cells; they then stay what they are without script.
const unsupported = document.documentElement.hasAttribute("data-unsupported");

if (!unsupported && !customElements.get("py-cell")) {
  PyCell.intent = new Intent((cell) => session.load(firstDepth(cell)));
  keepPresses();
  followTheme();
  showCodeSize();
  enlargePictures();
  customElements.define("py-cell", PyCell);
  customElements.define("page-tools", PageTools);
  customElements.define("offline-use", OfflineUse);
  customElements.define("site-storage", SiteStorage);
  offline.keepUsed();
  followVersion();
  letGoOfLeftPages();
  followContents();
  turnPagesByKey();
  followPractice();
  followEmbed();
  followRace();
  followChoices();
  // Where the interface and the page's text differ in language.
  eachPage(() => {
    const article = document.querySelector<HTMLElement>("article[lang]");
    if (article) void import("./page/spoken").then(({ speak }) => speak(article));
  });
}
