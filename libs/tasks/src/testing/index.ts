/** For tests of other workspaces: random workflows, and what happens to them. */
export { lifeOf, live } from './lives/life.ts';
