// How an embedded page looks, beyond what hides its surroundings before the first paint (stylesheets/frame.css). A sheet
// made by script outlives the page's own head, and is there at once.

const RULES = `
  html[data-embed] {
    height: auto;
  }

  /* As high as what it holds, so that its height can be told. */
  [data-embed] body {
    min-height: 0;
  }

  [data-embed] .md-main__inner {
    margin-top: 0;
  }

  [data-embed] .md-grid {
    max-width: none;
  }

  [data-embed] :is(.md-top, .md-skip, .md-content__button, .eyebrow) {
    display: none;
  }

  [data-embed] .md-content__inner {
    margin: 0 !important;
    padding: 0.6rem 0.8rem !important;
  }

  [data-embed] .md-content__inner::before {
    display: none;
  }

  .embed-home {
    margin: 0.6rem 0 0;
    color: var(--ink-soft);
    font-size: 0.7rem;
  }

  /* One cell: whatever comes into the page later is not a part of it either. */
  [data-embed]:not([data-embed=""]) .hero,
  [data-embed-way] > :not([data-embed-shown], [data-embed-way]) {
    display: none !important;
  }

  /* It may stand in a tab, or in a section, that is not the one shown. */
  [data-embed-way],
  [data-embed-shown][hidden] {
    display: block !important;
  }

  [data-embed]:not([data-embed=""]) .md-content__inner {
    padding: 2px !important;
  }

  /* What stands first begins where the frame does. */
  :is([data-embed-shown], .guess[data-embed-way]) {
    margin-top: 0;
  }

  [data-embed-way] > :is([data-embed-shown], [data-embed-way]) ~ [data-embed-shown] {
    margin-top: 1.2rem;
  }

  @media print {
    .embed-home {
      display: none;
    }
  }
`;

export function dressEmbedded(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(RULES);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
