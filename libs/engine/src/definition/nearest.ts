const differencesMax = 2;

/** The word that was probably meant, as a question for the author; empty when none is close. */
export function didYouMean(word: string, words: Iterable<string>): string {
  let nearest: string | undefined;
  let least = Math.min(differencesMax, Math.floor(word.length / 2)) + 1;
  for (const each of words) {
    if (Math.abs(each.length - word.length) >= least) continue;
    const differences = differencesOf(each.toUpperCase(), word.toUpperCase());
    if (differences < least) [nearest, least] = [each, differences];
  }
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** How many characters have to be added, dropped or changed (Levenshtein's distance). */
function differencesOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(changed, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
  }
  return row[b.length] ?? 0;
}
