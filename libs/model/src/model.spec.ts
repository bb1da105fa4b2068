import { describe, expect, it } from '@jest/globals';
import {
  childWorkflowId,
  invariant,
  isUserWorkflowId,
  Payload,
  taskIdOf,
  tasksInOrder,
  uuidOf,
  workflowId,
  workflowOfTask,
  type WorkflowTask,
} from './index.ts';

const birth = { workflowId: workflowId('order-1'), startIndex: 36, version: 2, ordinal: 0 };

describe('an identity', () => {
  it('names its workflow, so that a report can find its way without a database', () => {
    expect(taskIdOf(birth)).toBe('order-1~10.2.0');
    expect(workflowOfTask(taskIdOf(birth))).toBe('order-1');
    expect(workflowOfTask('0a1b-foreign')).toBeUndefined();
  });

  it('differs in every part of its birth', () => {
    const others = [{ startIndex: 37 }, { version: 3 }, { ordinal: 1 }, { workflowId: workflowId('order-2') }];
    const ids = [birth, ...others.map((change) => ({ ...birth, ...change }))];
    expect(new Set(ids.map(taskIdOf)).size).toBe(ids.length);
    expect(new Set(ids.map(childWorkflowId)).size).toBe(ids.length);
  });

  it('of a child is a UUID however deep the nesting is', () => {
    let id = birth;
    for (let depth = 0; depth < 50; depth++) id = { ...id, workflowId: childWorkflowId(id) };
    expect(id.workflowId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('x')).toBe(uuidOf('x'));
  });

  it('does not collide over many births', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20_000; i++) seen.add(uuidOf(`order-${i % 10}~${i}`));
    expect(seen.size).toBe(20_000);
  });

  it('that a user chooses is a plain token, never one of ours', () => {
    expect(['order-1', 'a', 'A.b:c@d=e+f', 'x'.repeat(128)].every(isUserWorkflowId)).toBe(true);
    expect(
      ['', '$definition/x', 'a~1.2.0', '../etc', 'a/b', 'a b', 'ä', 'x'.repeat(129), '-a'].some(isUserWorkflowId),
    ).toBe(false);
  });
});

describe('a payload', () => {
  it('hands bytes on without looking, so no digit is lost', () => {
    const bytes = new TextEncoder().encode('{"n":1.0,"big":12345678901234567890}');
    expect(Payload.fromBytes(bytes).bytes).toBe(bytes);
  });

  it('parses once and encodes once', () => {
    const payload = Payload.fromBytes(new TextEncoder().encode('{"a":[1]}'));
    expect(payload.value).toEqual({ a: [1] });
    expect(payload.value).toBe(payload.value);
    const made = Payload.of({ b: 'ü' });
    expect(new TextDecoder().decode(made.bytes)).toBe('{"b":"ü"}');
    expect(made.bytes).toBe(made.bytes);
  });

  it('reads as an empty object when it is none', () => {
    expect(Payload.of(null).object).toEqual({});
    expect(Payload.of([1]).object).toEqual({});
  });

  it('throws on what is no JSON or no UTF-8', () => {
    expect(() => Payload.fromBytes(new Uint8Array([123])).value).toThrow(SyntaxError);
    expect(() => Payload.fromBytes(new Uint8Array([34, 0xff, 34])).value).toThrow(/not valid/);
  });
});

describe('the numbering of tasks', () => {
  it('goes depth first: cases as written, default, branches, loop body', () => {
    const task = (name: string, more: Partial<WorkflowTask> = {}): WorkflowTask => ({
      name,
      taskReferenceName: name,
      type: 'SIMPLE',
      inputParameters: {},
      ...more,
    });
    const tasks = [
      task('s', { decisionCases: { B: [task('b')], A: [task('a')] }, defaultCase: [task('d')] }),
      task('f', { forkTasks: [[task('f1'), task('f2')], [task('l', { loopOver: [task('l1')] })]] }),
      task('j'),
    ];
    expect(tasksInOrder({ tasks }).map((t) => t.name)).toEqual(['s', 'b', 'a', 'd', 'f', 'f1', 'f2', 'l', 'l1', 'j']);
  });
});

describe('an invariant', () => {
  it('that does not hold is a defect with its reason', () => {
    expect(() => invariant(false, 'one owner per partition')).toThrow('one owner per partition');
  });
});
