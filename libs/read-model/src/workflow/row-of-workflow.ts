import type { WorkflowStarted } from '@partitura/model';
import { indexedText, mapColumn, payloadColumn } from '../payload-column.ts';
import type { WorkflowChange } from './workflow-change.ts';
import type { WorkflowRow } from './workflow-view.ts';

/** The row that a change writes which holds the start: the one that `writeWorkflows` inserts. */
export function rowOfWorkflow(change: WorkflowChange, start: WorkflowStarted, partition: number): WorkflowRow {
  return {
    workflow_id: change.workflowId,
    start_index: change.startIndex,
    partition,
    journal_offset: change.journalOffset,
    name: indexedText(start.name),
    version: start.version,
    definition_hash: start.definitionHash,
    status: change.status,
    create_time: change.createTime,
    update_time: change.updateTime,
    end_time: change.endTime,
    last_retried_time: change.lastRetriedTime,
    input: payloadColumn(start.input) ?? null,
    output: change.output ?? null,
    variables: payloadColumn(change.mergedVariables(start.variables)) ?? null,
    correlation_id: start.correlationId ?? null,
    priority: start.priority,
    task_to_domain: mapColumn(start.taskToDomain) ?? null,
    parent_workflow_id: start.parent?.workflowId ?? null,
    parent_task_id: start.parent?.taskId ?? null,
    reason: change.reason ?? null,
    failed_task_id: change.failedTaskId ?? null,
    failed_reference_names: change.failedReferenceNames ?? null,
    failed_task_names: change.failedTaskNames ?? null,
    event: start.event ?? null,
    created_by: start.createdBy ?? null,
    idempotency_key: start.idempotencyKey ?? null,
    external_input_path: start.externalInputPayloadStoragePath ?? null,
    quarantined_because: change.quarantinedBecause ?? null,
  };
}
