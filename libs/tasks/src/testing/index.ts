/** For tests of other workspaces: workflows on a virtual clock, random ones, and what happens to them. */
export { familyOf, liveInFamily } from './lives/family.ts';
export { lifeOf, live } from './lives/life.ts';
export { Scenario } from './scenario.ts';
export { fork, join, simple, sub, task, taskDef, workflow } from './shapes.ts';
