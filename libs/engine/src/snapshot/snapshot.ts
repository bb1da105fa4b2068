import type { WorkflowState } from '../state/workflow-state.ts';
export const stateVersion = 1;
export function encodeState(_state: WorkflowState): Uint8Array {
  return new Uint8Array();
}
export function decodeState(_version: number, _bytes: Uint8Array): WorkflowState {
  return { phase: 'absent' };
}
