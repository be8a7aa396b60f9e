// Words that follow a number: "{n} cell|{n} cells" has the forms of the language, parted by "|".
import { fill } from "./words";

/** Their order, of which each language has some. */
const FORMS: Intl.LDMLPluralRule[] = ["zero", "one", "two", "few", "many", "other"];

/** In the form for `n`; the last one serves where the words have fewer forms than the language. */
export function counted(words: string, n: number, gaps: Record<string, string | number> = {}): string {
  const forms = words.split("|");
  const rules = new Intl.PluralRules(WORDS.all.locale);
  const { pluralCategories } = rules.resolvedOptions();
  const at = FORMS.filter((form) => pluralCategories.includes(form)).indexOf(rules.select(n));
  return fill(forms[Math.min(at, forms.length - 1)]!, { n, ...gaps });
}
