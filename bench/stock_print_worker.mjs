// Stock Pyodide in a bare module worker that loads just what a cell imports, and tells what it prints.
import { loadPyodide } from "./pyodide/pyodide.mjs";

self.onmessage = async ({ data: { source, packages, archive } }) => {
  let printed = "";
  const python = await loadPyodide({
    packageBaseUrl: new URL("./pyodide/", import.meta.url).href,
    env: { HOME: "/home/pyodide" },
    stdout: (line) => (printed += line),
  });
  const load = packages.length && python.loadPackage(packages, { messageCallback() {} });
  const files = archive && fetch(archive).then((answer) => answer.arrayBuffer());
  await load;
  if (files) python.unpackArchive(await files, "zip");
  python.runPython(source);
  postMessage(printed);
};
