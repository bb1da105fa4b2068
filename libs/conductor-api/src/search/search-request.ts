import {
  isJsonObject,
  type Json,
  type Search,
  type SearchCondition,
  type SearchOrder,
  type TaskSearch,
  type WorkflowSearch,
  type WorkflowSearchField,
} from '@partitura/model';
import { badRequest, validationFailed } from '../errors/api-error.ts';
import type { Parameters } from '../request/parameters.ts';
import { isField, taskSearchFields, workflowSearchFields, type Fields } from './fields.ts';
import { parseQuery, type SpecialFields } from './query.ts';

const sizeMax = 5000;
type Condition = SearchCondition<WorkflowSearchField>;

const everything: Condition = { kind: 'all', of: [] };
const nothing: Condition = { kind: 'any', of: [] };

/** All runs count as `workflow`: other classifiers of Conductor belong to products that are not here. */
const special: SpecialFields<WorkflowSearchField> = {
  classifier: (values) => (values.includes('workflow') ? everything : nothing),
};

/** The parameters of `GET /workflow/search` as a search. */
export function readWorkflowSearch(query: Parameters): WorkflowSearch {
  const size = query.integer('size', 100);
  if (size > sizeMax) {
    const message = `Cannot return more than ${sizeMax} workflows. Please use pagination.`;
    throw validationFailed([{ path: 'searchWorkflows.arg1', message, invalidValue: String(size) }]);
  }
  const classifier = query.list('classifier');
  return readSearch(query, workflowSearchFields, special, [
    classifier && special['classifier']?.(classifier),
    query.flag('topLevelOnly', false) ? topLevel : undefined,
  ]);
}

/** The parameters of `GET /tasks/search` as a search. */
export function readTaskSearch(query: Parameters): TaskSearch {
  return readSearch(query, taskSearchFields);
}

const topLevel: SearchCondition<WorkflowSearchField> = { kind: 'oneOf', field: 'parentWorkflowId', values: [''] };

function readSearch<F extends string>(
  query: Parameters,
  fields: Fields<F>,
  specialFields: SpecialFields<F> = {},
  more: readonly (SearchCondition<F> | undefined)[] = [],
): Search<F> {
  const [start, size] = [query.integer('start', 0), query.integer('size', 100)];
  if (size < 0 || start < 0) throw badRequest('start and size must not be negative');
  const { text, where: byExample } = readFreeText(query.text('freeText'), fields);
  const conditions = [parseQuery(query.text('query') ?? '', fields, specialFields), byExample, ...more].filter(
    (condition) => condition !== undefined,
  );
  return {
    ...(conditions.length > 0 && { where: { kind: 'all', of: conditions } }),
    ...(text !== undefined && { text }),
    orderBy: readOrder(query.text('sort'), fields),
    start,
    size,
  };
}

/** Words, or a JSON object whose members must be equal to those of the summary. */
function readFreeText<F extends string>(
  freeText: string | undefined,
  fields: Fields<F>,
): { readonly text?: string; readonly where?: SearchCondition<F> } {
  const trimmed = freeText?.trim() ?? '';
  if (trimmed === '' || trimmed === '*') return {};
  if (trimmed.startsWith('{') && trimmed.endsWith('}')) return { where: readExample(trimmed, fields) };
  // Operators of Postgres' text queries mean "all of these words" here.
  const text = trimmed.replaceAll(/[&|!()*:'"]/g, ' ').trim();
  return text === '' ? {} : { text };
}

function readExample<F extends string>(text: string, fields: Fields<F>): SearchCondition<F> {
  let example: Json;
  try {
    example = JSON.parse(text) as Json;
  } catch {
    throw badRequest('freeText looks like a JSON object but is none');
  }
  if (!isJsonObject(example)) throw badRequest('freeText looks like a JSON object but is none');
  const of = Object.entries(example).map(([field, value]): SearchCondition<F> => {
    if (!isField(fields, field)) throw badRequest(`there is no field ${field}`);
    if (value === null || typeof value === 'object') throw badRequest(`${field} must be a text or a number`);
    return { kind: 'oneOf', field, values: [String(value)] };
  });
  return { kind: 'all', of };
}

/** `field:ASC` or `field:DESC`, several joined by `|`; unknown fields are ignored. */
function readOrder<F extends string>(sort: string | undefined, fields: Fields<F>): readonly SearchOrder<F>[] {
  return (sort ?? '').split(/[|,]/).flatMap((entry) => {
    const [field = '', direction = 'ASC'] = entry.split(':').map((part) => part.trim());
    return isField(fields, field) ? [{ field, descending: direction.toUpperCase() === 'DESC' }] : [];
  });
}
