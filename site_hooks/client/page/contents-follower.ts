// Keeps the section that is read in sight in the table of contents. Material's own `toc.follow` holds every page left, and
// works for each of them at every scroll (9.8.1: it never leaves `main$` and `viewport$`).
import { eachPage } from "./material";

const CONTENTS = ".md-sidebar--secondary";

export function followContents(): void {
  const marks = new MutationObserver(() => {
    const links = document.querySelectorAll<HTMLElement>(`${CONTENTS} .md-nav__link--active`);
    const link = [...links].at(-1);
    const room = link?.closest(".md-sidebar__scrollwrap");
    if (!link || !room) return;
    const { top, height } = room.getBoundingClientRect();
    room.scrollTop += link.getBoundingClientRect().top - top - height / 2;
  });
  eachPage(() => {
    marks.disconnect();
    const contents = document.querySelector(CONTENTS);
    if (contents) marks.observe(contents, { subtree: true, attributeFilter: ["class"] });
  });
}
