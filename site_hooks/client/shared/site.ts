// Where in the browser's private file system Python's memory is kept: a folder per site, since sites share an origin.

export const FOLDER = `python ${encodeURIComponent(new URL("../../", import.meta.url).pathname)}`;
