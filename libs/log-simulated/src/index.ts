export { SimulatedWorld } from './world.ts';
export type { Link, OutsideTransaction, RunBounds, SimulatedProcess, WorldOptions } from './world.ts';
export { calm, stormy, type Faults } from './faults.ts';
export { Random } from './random.ts';
export type { AskedRequest, Fate } from './network.ts';
