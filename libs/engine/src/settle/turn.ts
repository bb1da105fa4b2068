import {
  childWorkflowId,
  Defect,
  invariant,
  taskIdOf,
  type Birth,
  type DecideContext,
  type Payload,
  type TaskId,
  type WorkflowEvent,
  type WorkflowId,
} from '@partitura/model';
import { evolve } from '../evolve/evolve.ts';
import type { Fuel } from '@partitura/expressions';
import type { Graph, Node } from '../graph/graph.ts';
import type { Engine } from '../engine.ts';
import type { Task } from '../state/task.ts';
import type { TaskKind } from '../task-kind.ts';
import type { Run, WorkflowState } from '../state/workflow-state.ts';
import { decisionBytesMax, heavyBytes } from '../limits.ts';
import { Agenda } from './agenda.ts';
import { programFuel } from './program-fuel.ts';
import { sizeOf } from './size-of.ts';

/** What steps are made from. */
export type Sight = Pick<Turn, 'at' | 'run' | 'engine' | 'graph' | 'nodeOf' | 'neighbour' | 'withFuel'>;

/** How many items without an event take as long as an event does, about. */
const stepsPerEvent = 2;

/**
 * One decision in the making: the events so far and the state after them. Nothing of it is visible outside before it is
 * complete, and the states themselves are never changed.
 */
export class Turn {
  readonly context: DecideContext;
  readonly engine: Engine;
  readonly events: WorkflowEvent[] = [];
  /** Behind each event but the last. */
  readonly states: WorkflowState[] = [];
  agenda = new Agenda();
  state: WorkflowState;
  /** What programs may still spend before the rest of the work is left to the next decision. */
  #fuel: number = programFuel.decision;
  #bytes = 0;
  #steps = 0;
  #graph: Graph | undefined;

  constructor(state: WorkflowState, context: DecideContext, engine: Engine) {
    this.state = state;
    this.context = context;
    this.engine = engine;
  }

  get at(): number {
    return this.context.at;
  }

  get run(): Run {
    invariant(this.state.phase !== 'absent' && this.state.phase !== 'refused', 'the workflow has not started');
    return this.state;
  }

  get graph(): Graph {
    return (this.#graph ??= this.engine.library.graph(this.run.start.definitionHash, this.context.pinned));
  }

  /** For the start, whose body is in no journal yet. */
  useGraph(graph: Graph): void {
    this.#graph = graph;
  }

  emit(event: WorkflowEvent): void {
    if (this.events.push(event) > 1) this.states.push(this.state);
    this.#bytes += sizeOf(event);
    this.state = evolve(this.state, event, this.context);
  }

  /** How many bytes one entry still has room for. */
  get room(): number {
    return decisionBytesMax - this.#bytes;
  }

  /** What a command has reported is large: what follows from it is left to the next decision. */
  get isHeavy(): boolean {
    return this.#bytes >= heavyBytes;
  }

  /** What comes next needs an entry of its own. */
  fill(): void {
    this.#fuel = 0;
  }

  /** Another item is worked off. Most lead to events; those that do not take their time too. */
  step(): void {
    this.#steps += 1;
  }

  /** Whether this decision has grown to what one entry may hold, or has taken as long as one may. */
  get isFull(): boolean {
    const { eventsPerDecision, bytesPerDecision } = this.context.limits;
    return (
      this.events.length >= eventsPerDecision ||
      this.#steps >= stepsPerEvent * eventsPerDecision ||
      this.#bytes >= bytesPerDecision ||
      this.#fuel <= 0
    );
  }

  /** Every program gets its full share, also the last one of a decision. */
  withFuel<T>(spend: (fuel: Fuel) => T): T {
    const fuel = { left: programFuel.program };
    const result = spend(fuel);
    this.#fuel -= programFuel.program - fuel.left;
    return result;
  }

  /** @param embedded Where the number is negative: what the task is part of. */
  node(number: number, embedded?: Payload): Node {
    if (number < 0 && embedded !== undefined) return this.engine.library.generated(embedded, number);
    const node = this.graph.nodes[number];
    if (node === undefined) throw new Defect(`the definition has no task number ${number}`);
    return node;
  }

  nodeOf({ plan }: Task): Node {
    const { node, workflowTask, taskType } = plan;
    if (workflowTask === undefined || node < 0) return this.node(node, workflowTask);
    return this.engine.library.another(this.node(node), taskType, workflowTask);
  }

  /** To know it, a task that was generated need not be made ready. */
  kindOf(task: Task): TaskKind {
    const { node, workflowTask } = task.plan;
    if (workflowTask === undefined || node >= 0) return this.nodeOf(task).kind;
    return this.engine.library.kindOfGenerated(workflowTask, node);
  }

  /** Another task of what the node is part of. */
  neighbour(node: Node, number: number): Node {
    return this.node(number, node.embedded);
  }

  /** Id of the attempt that is scheduled next. Its ordinal is its seq, so that a task is found by its id at once. */
  nextTaskId(): TaskId {
    return taskIdOf(this.#birth(this.run.tasks.bySeq.size + 1));
  }

  /** Id of the child of the attempt that is scheduled next. */
  nextChildId(): WorkflowId {
    return childWorkflowId(this.#birth(this.run.tasks.bySeq.size + 1));
  }

  /** Id of another child of an attempt that has had one. */
  childIdFor(seq: number): WorkflowId {
    return childWorkflowId(this.#birth(seq));
  }

  /** Id of the one workflow that the end of this one may start. */
  failureWorkflowId(): WorkflowId {
    return childWorkflowId(this.#birth(0));
  }

  #birth(ordinal: number): Birth {
    const { startIndex, version } = this.context;
    return { workflowId: this.context.aggregate as WorkflowId, startIndex, version, ordinal };
  }
}
