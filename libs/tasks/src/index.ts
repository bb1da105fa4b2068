export { taskKinds } from './task-kinds.ts';
