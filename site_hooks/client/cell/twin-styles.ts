// How the tabs of a cell and its PyTorch code look. A sheet made by script is there at once, and outlives the page's own
// head.

const RULES = `
  .cell-twin[hidden],
  .cell-shell[data-folded] > :is(.cell-tabs, .cell-torch),
  .cell-shell[data-torch] > :is(.cell-source, .cell-keys),
  .cell-shell:not([data-torch]) > .cell-torch {
    display: none !important;
  }

  .cell-tabs {
    display: flex;
    gap: 2px;
    padding: 4px 6px 0;
    border-bottom: 1px solid var(--cell-edge);
    background: var(--cell-paper);
    font-size: 0.8em;
  }

  .cell .cell-tabs > button {
    min-height: 28px;
    margin-bottom: -1px;
    padding: 0 0.9em;
    border: 1px solid transparent;
    border-bottom-width: 2px;
    border-radius: 6px 6px 0 0;
    background: none;
    color: var(--cell-quiet);
    font: inherit;
    font-weight: 600;
    cursor: pointer;
  }

  .cell .cell-tabs > button:hover {
    color: var(--cell-ink);
  }

  .cell .cell-tabs > [aria-selected="true"] {
    border-bottom-color: var(--cell-action);
    color: var(--cell-action);
  }

  .cell .cell-tabs > button:focus-visible {
    outline-offset: -2px;
  }

  @media (pointer: coarse) {
    .cell .cell-tabs > button {
      min-height: 40px;
      padding: 0 1.3em;
    }
  }

  .cell-torch {
    background: var(--cell-code-paper);
  }

  .cell .cell-torch > pre {
    border: 0;
    background: none;
    font-size: calc(0.85em * var(--code-size, 1));
  }

  .cell .cell-torch > pre > code {
    border: 0;
  }

  .cell-torch > p {
    margin: 0;
    padding: 0.75em 1em;
    font-size: 0.85em;
  }

  .cell-torch-bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 0.75em;
    padding: 4px 6px 4px 1em;
    border-top: 1px solid var(--cell-edge);
    background: var(--cell-paper);
    color: var(--cell-quiet);
    font-size: 0.8em;
    line-height: 1.35;
  }

  .cell-torch-bar > span {
    flex: 1 1 24em;
  }

  @media print {
    .cell-tabs,
    .cell-torch .cell-button,
    .cell-twin {
      display: none !important;
    }

    .cell .cell-torch > pre > code {
      white-space: pre-wrap;
    }
  }
`;

let sheet: CSSStyleSheet | undefined;

/** Once. */
export function dressTabs(): void {
  if (sheet) return;
  sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
