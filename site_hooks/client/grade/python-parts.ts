// What a worker with Python is started with on the grading page: each has a port for downloads of its own.
import { DownloadServer, fetched } from "../session/download-server";
import { keeping } from "../session/keeping";
import type { Seal } from "../shared/protocol";

export function downloadsOf(): { port: MessagePort; seal: Seal | null } {
  return { port: new DownloadServer(fetched).open(), seal: keeping.seal() };
}

export function createGrader(): Worker {
  return new Worker(new URL("grader.js", import.meta.url), { type: "module", name: "grader" });
}
