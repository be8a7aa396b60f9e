// A page as a notebook and as a script: what the build wrote of it, with the learner's code and the site's address.

/** nbformat 4.5, as content/take_home.py writes it. */
export interface Notebook {
  cells: NotebookCell[];
  metadata: object;
  nbformat: number;
  nbformat_minor: number;
}

export interface NotebookCell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: { title?: string; tags?: string[] };
  source: string;
  execution_count?: null;
  outputs?: unknown[];
}

/** What the page adds. */
export interface Page {
  title: string;
  /** Absolute addresses: of the page, of the site's root, of pylib's wheel. */
  address: string;
  root: string;
  wheel: string;
  /** The code as the learner has it, by the cells' ids. */
  code: ReadonlyMap<string, string>;
}

const INSTALL = "install-pylib";

export function completed(notebook: Notebook, page: Page): Notebook {
  const cells = notebook.cells.map((cell): NotebookCell => {
    const own = cell.cell_type === "code" ? page.code.get(cell.id) : undefined;
    // Outputs are of the lesson's code.
    if (own !== undefined) return own === cell.source ? cell : { ...cell, source: own, outputs: [] };
    if (cell.cell_type === "code") return cell;
    return { ...cell, source: cell.source.replace(/(\]\(|href=")site:/g, `$1${page.root}`) };
  });
  return { ...notebook, cells: [origin(page), install(page), ...cells] };
}

function origin({ title, address }: Page): NotebookCell {
  const licence = "Code under the MIT licence; text and figures under CC BY 4.0.";
  return { cell_type: "markdown", id: "origin", metadata: {}, source: `From [${title}](${address}). ${licence}` };
}

/** By its address: on the package index the name pylib belongs to somebody else. */
function install({ wheel }: Page): NotebookCell {
  const source = `# The lesson's library, from the lesson's own site.
try:
    import pylib.optimizers
except ImportError:
    %pip install --quiet "${wheel}"`;
  return { cell_type: "code", id: INSTALL, metadata: {}, execution_count: null, outputs: [], source };
}

/** The percent format, which editors show as cells; it runs as a whole, too. */
export function script(notebook: Notebook): string {
  const comment = (text: string): string => text.replace(/^/gm, "# ").replace(/^# $/gm, "#");
  const cells = notebook.cells.map(({ cell_type, id, metadata, source }) => {
    if (cell_type === "markdown") return `# %% [markdown]\n${comment(source)}`;
    if (id === INSTALL)
      return `# %%\n# The lesson's library, from the lesson's own site:\n${comment(installing(source))}`;
    const head = metadata.title ? `# %% ${metadata.title.replace(/\s+/g, " ")}` : "# %%";
    if (metadata.tags?.includes("exercise")) {
      if (!/\b___\b/.test(source)) return `${head}\n${source}`;
      return `${head}\n# An exercise: take the # away, and put your own code in the place of ___.\n${comment(source)}`;
    }
    if (!metadata.tags?.includes("raises-exception")) return `${head}\n${source}`;
    return `${head}\n# This ends in an error, as it is meant to; take the # away to see it.\n${comment(source)}`;
  });
  return `${cells.join("\n\n")}\n`;
}

function installing(source: string): string {
  return /%(pip install.*)/.exec(source)?.[1] ?? "";
}
