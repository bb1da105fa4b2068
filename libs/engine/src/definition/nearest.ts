const differencesMax = 2;
/** Longer words are no slips of the pen. */
const charsMax = 100;

/** The word that was probably meant, as a question for the author; empty when none is close. */
export function didYouMean(word: string, words: Iterable<string>): string {
  if (word.length > charsMax) return '';
  let nearest: string | undefined;
  let least = Math.min(differencesMax, Math.floor(word.length / 2)) + 1;
  for (const each of words) {
    if (Math.abs(each.length - word.length) >= least) continue;
    const differences = differencesOf(each.toUpperCase(), word.toUpperCase(), least);
    if (differences < least) [nearest, least] = [each, differences];
  }
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** How many characters have to be added, dropped or changed (Levenshtein's distance); no more than `enough`. */
function differencesOf(a: string, b: string, enough: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const here = Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      row.push(here);
      least = Math.min(least, here);
    }
    // It never becomes less further down.
    if (least >= enough) return enough;
  }
  return row[b.length] ?? 0;
}
