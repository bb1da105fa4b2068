import { get, post, put, remove, type Operation } from './operation.ts';

/** Event handlers: what starts or ends work when an event arrives. */
export const eventOperations = {
  createEventHandler: post('/api/event', 'event', 'Register an event handler', { body: 'EventHandler' }),
  updateEventHandler: put('/api/event', 'event', 'Replace an event handler', { body: 'EventHandler' }),
  listEventHandlers: get('/api/event', 'event', 'All event handlers', { answer: 'EventHandler[]' }),
  getEventHandlers: get('/api/event/{event}', 'event', 'Handlers of an event', {
    query: { activeOnly: 'boolean' },
    answer: 'EventHandler[]',
  }),
  deleteEventHandler: remove('/api/event/{name}', 'event', 'Remove an event handler'),
} as const satisfies Readonly<Record<string, Operation>>;
