// Whether the learner saves data: then Python comes by Run only, and nothing comes that the cells do without.

export function savesData(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true || matchMedia("(prefers-reduced-data: reduce)").matches;
}
