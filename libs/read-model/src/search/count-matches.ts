import type { Parameter, Queries } from '@partitura/postgres';

/** Counting stops here: the exact number of a million matches costs more than it tells. */
export const countedMax = 100_000;

/** How many rows match, looking again only when the page does not show it. */
export async function countMatches(
  queries: Queries,
  from: string,
  parameters: readonly Parameter[],
  page: { readonly start: number; readonly size: number },
  rowsOnPage: number,
  max = countedMax,
): Promise<number> {
  if (rowsOnPage < page.size && (rowsOnPage > 0 || page.start === 0)) return page.start + rowsOnPage;
  const [row] = await queries.rows<{ n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 ${from} LIMIT ${max}) AS matches`,
    parameters,
  );
  return row?.n ?? 0;
}
