// Which function stands where in WebAssembly's table. WebKit (2.50) does not know a function of the table again when it
// meets it among the exports, and Emscripten 5.0.3 would give it a second place there: addresses would not be those of
// other browsers. Not needed once `table.get(i) === instance.exports.f` holds in WebKit too, where that function stands at i.

/** For each instance in the order of loading: a function's name and its place, by turns. */
export type Places = (string | number)[][];

/** Sees every instance when it was made, before its functions are given further places. */
export type Watch = (table: WebAssembly.Table, exports: WebAssembly.Exports) => void;

export class FunctionTable {
  readonly #known = new Map<number, WebAssembly.ExportValue>();
  #table: WebAssembly.Table | undefined;
  #instances = 0;

  constructor(
    private readonly places: Places | undefined,
    private readonly watch?: Watch,
  ) {}

  /** Watches an instance being linked; the first is Pyodide's, and owns the table. */
  add(exports: WebAssembly.Exports): void {
    const places = this.places?.[this.#instances++] ?? [];
    for (let i = 0; i < places.length; i += 2) this.#known.set(places[i + 1] as number, exports[places[i] as string]!);
    this.#table ??= this.#taught(exports["__indirect_function_table"] as WebAssembly.Table);
    this.watch?.(this.#table, exports);
  }

  #taught(table: WebAssembly.Table): WebAssembly.Table {
    const [place, exported] = this.#known.entries().next().value ?? [];
    if (place !== undefined && table.get(place) !== exported) {
      const get = table.get.bind(table);
      table.get = (at) => this.#known.get(at) ?? (get(at) as unknown);
    }
    return table;
  }

  /** All is linked: the table is the browser's own again. */
  done(): void {
    if (this.#table) Reflect.deleteProperty(this.#table, "get");
  }
}

/** Where the functions of an instance that was just made stand, in an engine that knows them. */
export function placesIn(table: WebAssembly.Table, exports: WebAssembly.Exports): Places[number] {
  const at = new Map<unknown, number>();
  for (let i = 0; i < table.length; i++) at.set(table.get(i), i);
  return Object.entries(exports).flatMap(([name, value]) => (at.has(value) ? [name, at.get(value)!] : []));
}
