export { taskKinds, taskKindsWith } from './task-kinds.ts';
