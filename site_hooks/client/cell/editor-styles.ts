// CodeMirror's styles as a sheet made by script: for a <style> element the security policy would need a hole.
import { StyleModule } from "style-mod";

const sheet = new CSSStyleSheet();
let mounted: StyleModule[] = [];

/**
 * style-mod 4.1.4, which brings CodeMirror's styles to the page, makes such sheets for shadow roots only. Not needed once
 * its `mount` does so for documents: then the editor has its looks, and the browser's console is quiet, without this.
 */
export function mountStylesAsSheet(): void {
  StyleModule.mount = (_root, modules) => {
    const wanted = [modules].flat();
    if (wanted.every((module) => mounted.includes(module))) return;
    mounted = [...mounted.filter((module) => !wanted.includes(module)), ...wanted];
    sheet.replaceSync(mounted.map((module) => module.getRules()).join("\n"));
    const { adoptedStyleSheets: sheets } = document;
    if (!sheets.includes(sheet)) document.adoptedStyleSheets = [...sheets, sheet];
  };
}
