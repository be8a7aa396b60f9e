// <section-chooser label="...">: shows one of the sections that follow it; without script all of them are read in turn.
import { headingText } from "../page/dom";

let choosers = 0;

export class SectionChooser extends HTMLElement {
  connectedCallback(): void {
    if (this.firstChild) return;
    const sections = sectionsAfter(this.parentElement ?? this);
    const group = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = this.getAttribute("label") ?? "";
    group.append(legend);
    const name = `section-chooser-${++choosers}`;
    const show = (chosen: Section): void => {
      for (const section of sections) for (const node of section.nodes) node.hidden = section !== chosen;
    };
    for (const section of sections) {
      const label = document.createElement("label");
      const radio = Object.assign(document.createElement("input"), { type: "radio", name, value: section.heading.id });
      radio.addEventListener("change", () => show(section));
      const text = document.createElement("span");
      text.textContent = headingText(section.heading);
      label.append(radio, text);
      group.append(label);
    }
    this.append(group);
    const first = sections.find((section) => `#${section.heading.id}` === location.hash) ?? sections[0];
    if (!first) return;
    const radio = group.querySelector<HTMLInputElement>(`input[value="${CSS.escape(first.heading.id)}"]`);
    if (radio) radio.checked = true;
    show(first);
    addEventListener("hashchange", this.#follow);
  }

  disconnectedCallback(): void {
    removeEventListener("hashchange", this.#follow);
  }

  /** A link to a hidden section opens it. */
  #follow = (): void => {
    const radio = this.querySelector<HTMLInputElement>(`input[value="${CSS.escape(location.hash.slice(1))}"]`);
    if (!radio) return;
    radio.click();
    document.getElementById(radio.value)?.scrollIntoView();
  };
}

interface Section {
  heading: HTMLElement;
  nodes: HTMLElement[];
}

/** The sections among the siblings that follow: each a heading and what comes before the next. */
function sectionsAfter(start: Element): Section[] {
  const sections: Section[] = [];
  for (let node = start.nextElementSibling; node instanceof HTMLElement; node = node.nextElementSibling) {
    if (/^H[2-6]$/.test(node.tagName)) sections.push({ heading: node, nodes: [node] });
    else sections.at(-1)?.nodes.push(node);
  }
  return sections;
}
