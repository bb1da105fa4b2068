export { CommandBus, type CommandBusOptions, type Order } from './command-bus.ts';
