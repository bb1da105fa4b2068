import type { JsonObject } from '@partitura/model';
import type { AnswerKind, Operation } from './operation.ts';

/** What an operation says about itself in the OpenAPI document, in the form that fastify's route schemas have. */
export function routeSchema(id: string, operation: Operation): JsonObject {
  const { summary, tag, query, path, body } = operation;
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name ?? '', { type: 'string' }] as const);
  return {
    operationId: id,
    summary,
    tags: [tag],
    ...(parameters.length > 0 && { params: { type: 'object', properties: Object.fromEntries(parameters) } }),
    ...(Object.keys(query).length > 0 && {
      querystring: { type: 'object', properties: mapValues(query, parameterSchema) },
    }),
    ...(body !== undefined && { body: schemaOf(body) }),
    response: {
      ...successOf(operation.answer),
      ...(operation.orNothing && { 204: { type: 'null', description: 'Nothing' } }),
      '4xx': { description: 'Refused', ...reference('ErrorResponse') },
      503: { description: 'Not right now; see Retry-After', ...reference('ErrorResponse') },
    },
  };
}

function successOf(answer: AnswerKind): JsonObject {
  if (answer === 'noContent') return { 204: { type: 'null', description: 'Done' } };
  if (answer === 'empty') return { 200: { type: 'null', description: 'Done' } };
  if (answer === 'maybeText') return { 200: { type: 'null', description: 'Text, or nothing' } };
  if (answer === 'text' || answer === 'html') {
    const mediaType = answer === 'text' ? 'text/plain' : 'text/html';
    return { 200: { description: 'Success', content: { [mediaType]: { schema: { type: 'string' } } } } };
  }
  return { 200: { description: 'Success', ...schemaOf(answer) } };
}

function parameterSchema(type: string): JsonObject {
  return type === 'list' ? { type: 'array', items: { type: 'string' } } : { type };
}

function schemaOf(kind: AnswerKind): JsonObject {
  if (kind === 'object') return { type: 'object', additionalProperties: true };
  if (kind === 'string[]') return { type: 'array', items: { type: 'string' } };
  if (kind === 'integer') return { type: 'integer' };
  if (kind === 'raw') return { type: 'string' };
  if (kind.endsWith('[]')) return { type: 'array', items: reference(kind.slice(0, -2)) };
  return reference(kind);
}

/** Fastify resolves this to the schema that was added under the same id. */
function reference(name: string): JsonObject {
  return { $ref: `${name}#` };
}

function mapValues<T>(object: Readonly<Record<string, T>>, map: (value: T) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]));
}
