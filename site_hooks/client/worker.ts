// The worker that holds Python: starts it once, then runs one request after the other.
import { boot, type Runner } from "./boot";
import { LoadError } from "./files";
import type { FromWorker, RunEvent, ToWorker } from "./protocol";

let runner: Promise<Runner> | undefined;

function post(message: FromWorker): void {
  postMessage(message);
}

async function start(): Promise<Runner> {
  try {
    const started = await boot((step, fraction) => post({ type: "loading", step, fraction }));
    post({ type: "ready" });
    return started;
  } catch (error) {
    post({ type: "failed", message: explain(error) });
    throw error;
  }
}

function explain(error: unknown): string {
  if (error instanceof LoadError) return error.message;
  return `Python did not start in this browser (${error instanceof Error ? error.message : String(error)}). Try again; if it fails again, update the browser.`;
}

async function handle(message: ToWorker): Promise<void> {
  const python = await (runner ??= start());
  if (message.type === "forget") python.forget(message.session);
  if (message.type === "run") {
    const { request } = message;
    python.serve(JSON.stringify(request), (event) =>
      post({ type: "event", id: request.id, event: JSON.parse(event) as RunEvent }),
    );
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  // A failed start has been posted by start(); the page answers it with a new worker.
  handle(data).catch((error: unknown) => console.error(error));
});
