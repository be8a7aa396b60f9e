// What a cell does, in PyTorch: a tab beside its code. Loaded when a cell that has one comes near; the code itself, which
// lies in a document beside the page, when the tab is opened. It is never run here.
import { button, headingText, make } from "../page/dom";
import { copy, save } from "../page/save";
import { root } from "../shared/site";
import { fill as filled, weave } from "../shared/words";
import type { Parts } from "./template";
import { dressTabs } from "./twin-styles";

/** The PyTorch code of a cell as the page's document has it. */
interface Twin {
  /** Its block, highlighted. */
  block: HTMLElement;
  code: string;
  /** What it needs to have run before it. */
  before: { title: string; code: string }[];
}

const documents = new Map<string, Promise<Document>>();

/** The cells that have their tabs. */
const dressed = new WeakSet<Parts>();

// What runs is the cell's own code: it is shown then.
document.addEventListener("py-cell:start", ({ target }) => {
  if (!(target instanceof Element)) return;
  target.querySelector<HTMLElement>(":scope > [data-torch] > .cell-tabs > button")?.click();
});

/** Called whenever the cell comes near; the link stands below the cell for those who have no script. */
export function addTwin(link: HTMLAnchorElement, id: string, parts: Parts): void {
  link.hidden = true;
  if (dressed.has(parts)) return; // the learner comes back to the page
  dressed.add(parts);
  dressTabs();
  const { shell, source } = parts;
  const name = shell.getAttribute("aria-label") ?? id;
  const own = tab("pylib", `${id}--pylib`, `${id}--code`);
  const torch = tab("PyTorch", `${id}--torch`, `${id}--twin`);
  const tabs = [own, torch];
  const list = make(
    "div",
    { class: "cell-tabs", role: "tablist", "aria-label": filled(WORDS.torch.tabs, { cell: name }) },
    ...tabs,
  );
  const panel = make("div", { class: "cell-torch", role: "tabpanel", id: `${id}--twin`, "aria-labelledby": torch.id });
  for (const [key, value] of Object.entries({ role: "tabpanel", id: `${id}--code`, "aria-labelledby": own.id }))
    source.setAttribute(key, value);
  const choose = (chosen: HTMLElement): void => {
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === chosen));
      each.tabIndex = each === chosen ? 0 : -1;
    }
    shell.toggleAttribute("data-torch", chosen === torch);
    if (chosen === torch) void fill(panel, link.href, id, name);
  };
  for (const each of tabs) each.addEventListener("click", () => choose(each));
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    const next = to === undefined || at < 0 ? undefined : tabs.at(to % tabs.length);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    choose(next);
    next.focus();
  });
  choose(own);
  source.before(list);
  source.after(panel);
}

function tab(label: string, id: string, panel: string): HTMLButtonElement {
  return make("button", { type: "button", role: "tab", id, "aria-controls": panel }, label);
}

/** Where the code does not come, the tab says so and leads to it; opened again, it tries once more. */
async function fill(panel: HTMLElement, address: string, id: string, name: string): Promise<void> {
  if (panel.querySelector("pre")) return;
  panel.replaceChildren(make("p", { role: "status" }, WORDS.torch.loading));
  try {
    const twin = find(await load(address), id);
    panel.replaceChildren(twin.block, bar(twin, id, name));
  } catch {
    const link = make("a", { href: address }, WORDS.torch.open);
    panel.replaceChildren(make("p", { role: "status" }, ...weave(WORDS.torch.gone, { link })));
  }
}

function load(address: string): Promise<Document> {
  const url = address.replace(/#.*/, "");
  const known = documents.get(url);
  if (known) return known;
  const loading = fetch(url).then(async (response) => {
    if (!response.ok) throw new Error(String(response.status));
    return new DOMParser().parseFromString(await response.text(), "text/html");
  });
  documents.set(url, loading);
  loading.catch(() => documents.delete(url));
  return loading;
}

function find(page: Document, id: string): Twin {
  const block = section(page, id).querySelector("pre")!;
  const needs = section(page, id).dataset["needs"]?.split(" ").filter(Boolean) ?? [];
  return {
    block: document.importNode(block, true),
    code: text(block),
    before: needs.map((other) => ({
      title: section(page, other).querySelector("h2")?.textContent ?? other,
      code: text(section(page, other).querySelector("pre")!),
    })),
  };
}

function section(page: Document, id: string): HTMLElement {
  const found = page.getElementById(id);
  if (!found) throw new Error(id);
  return found;
}

function text(block: HTMLElement): string {
  return `${block.textContent?.trimEnd() ?? ""}\n`;
}

function bar(twin: Twin, id: string, name: string): HTMLElement {
  const cells = twin.before.map(({ title }) => filled(WORDS.torch.quoted, { cell: title })).join(", ");
  const place = cells && ` ${filled(WORDS.torch.needs, { cells })}`;
  const words = make("span", { role: "status" }, `${WORDS.torch.told}${place}`);
  const copied = async (): Promise<void> => {
    words.textContent = (await copy(twin.code)) ? `${WORDS.torch.copied}${place}` : WORDS.menu.refused;
  };
  const saved = (): void => save(new Blob([script(twin, name)], { type: "text/x-python" }), `${id}-pytorch.py`);
  return make(
    "div",
    { class: "cell-torch-bar" },
    words,
    button(WORDS.torch.copy, () => void copied(), { class: "cell-button" }),
    button(WORDS.torch.save, saved, { class: "cell-button" }),
  );
}

/** The whole of it: what it needs first, and before that what to install. */
function script({ code, before }: Twin, name: string): string {
  const heading = document.querySelector<HTMLElement>("article h1");
  const page = new URL(location.pathname, location.href).href;
  const whole = [...before.map((one) => `# ${one.title}\n${one.code}`), `# ${name}\n${code}`].join("\n\n");
  const wheel = document.querySelector("page-tools")?.getAttribute("wheel");
  const install = ["# pip install torch numpy matplotlib"];
  if (wheel && /^from pylib\b/m.test(whole)) install.push(`# pip install ${new URL(wheel, root).href}`);
  const title = filled(WORDS.torch.title, { page: heading ? headingText(heading) : name });
  return [`# ${title}: ${page}`, ...install, "", whole].join("\n");
}
