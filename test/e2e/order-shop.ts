import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';

const example = (path: string): any =>
  JSON.parse(readFileSync(new URL(`../../deploy/examples/${path}`, import.meta.url), 'utf8'));

export const workflows = [example('workflows/parcel.json'), example('workflows/order-fulfilment.json')];
export const taskDefs = example('tasks/order-fulfilment.json') as { name: string }[];

export type OrderInput = Record<string, any>;
export type OrderHandler = (
  input: OrderInput,
  attempt: { readonly taskId: string; readonly retryCount: number },
) => Record<string, unknown>;

/**
 * What the shop's workers do. The card terminal is flaky: the first attempt of every third order fails, and counts how
 * often each attempt really ran, since workers are called at least once.
 */
export function shopHandlers(): {
  readonly handlers: Readonly<Record<string, OrderHandler>>;
  readonly runs: ReadonlyMap<string, number>;
} {
  const runs = new Map<string, number>();
  const counted =
    (handler: OrderHandler): OrderHandler =>
    (input, attempt) => {
      runs.set(attempt.taskId, (runs.get(attempt.taskId) ?? 0) + 1);
      return handler(input, attempt);
    };
  const handlers: Record<string, OrderHandler> = {
    reserve_stock: (input) => ({ reserved: input['items'] }),
    charge_card: (input, { retryCount }) => {
      const number = Number(String(input['orderId']).replace(/\D/g, ''));
      if (number % 3 === 0 && retryCount === 0) throw new Error('the card terminal does not answer');
      return { receipt: `receipt-${input['orderId']}-${input['amount']}` };
    },
    pick_parcel: (input) => ({ picked: input['items'] }),
    pack_parcel: (input) => ({ parcelId: `parcel-${input['orderId']}`, weight: input['picked'].length * 2.5 }),
    ship_express: (input) => ({ tracking: `express-${input['booking']}` }),
    ship_standard: (input) => ({ tracking: `standard-${input['booking']}` }),
    notify_customer: () => ({ notified: true }),
  };
  return {
    handlers: Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, counted(handler)])),
    runs,
  };
}

export interface Carrier {
  readonly url: string;
  close(): Promise<void>;
}

/** The carrier's own system, asked by an HTTP task. */
export async function startCarrier(): Promise<Carrier> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const { parcelId } = JSON.parse(body) as { parcelId: string };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ booking: `booking-${parcelId}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/bookings`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const orderInput = (number: number, carrierUrl: string): OrderInput => ({
  orderId: `order-${number}`,
  amount: 10 + number,
  items: ['book', 'pen'],
  shipping: (['express', 'standard', 'none'] as const)[number % 3],
  carrierUrl,
  coolDown: '1 seconds',
});

export const expectedOutput = (number: number): Record<string, unknown> =>
  number % 3 === 2
    ? { parcelId: `parcel-order-${number}`, shipped: false }
    : {
        parcelId: `parcel-order-${number}`,
        receipt: `receipt-order-${number}-${10 + number}`,
        booking: `booking-parcel-order-${number}`,
        notified: true,
        shipped: true,
      };
