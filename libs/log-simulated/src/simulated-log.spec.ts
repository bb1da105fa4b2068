import { describeLog } from '@partitura/log/contract';
import { SimulatedWorld } from './index.ts';

/**
 * The suite waits for promises without knowing that somebody has to step the world, so this steps it, and lets virtual
 * time pass no faster than real time: what the suite does in between comes before a long poll of its own ends.
 */
function drive(world: SimulatedWorld): () => void {
  const began = performance.now();
  let over = false;
  const turn = async (): Promise<void> => {
    while (!over) {
      const due = world.elapsedMs + (world.idleMs ?? Infinity);
      if (due <= performance.now() - began) await world.step();
      else await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  void turn();
  return () => {
    over = true;
  };
}

describeLog('the simulated log', async () => {
  const world = new SimulatedWorld({ seed: 1 });
  const stop = drive(world);
  let processes = 0;
  const next = () => world.process(`process ${String(processes++)}`).log;
  return { log: next(), another: async () => next(), end: async () => stop() };
});
