import { describe, expect, it } from '@jest/globals';
import { Payload, type Json } from '@partitura/model';
import { compileTemplate } from './template.ts';
import type { Scope } from './scope.ts';

const document: Record<string, unknown> = {
  workflow: {
    input: Payload.of({
      n: 5,
      i: 1,
      a: 'str',
      k: 'x',
      list: [1, 2, 3],
      o: { x: { y: [10, 20] } },
      tmpl: '${workflow.input.a}',
      escaped: '$${x}',
      obj: { k: [1, 'two', null, 2.5, true] },
      no: false,
      nothing: null,
    }),
    output: Payload.of({}),
    status: 'RUNNING',
    workflowId: 'w-1',
  },
  a1: { input: Payload.of({}), output: Payload.of({ v: { deep: true } }), status: 'COMPLETED', retryCount: 0 },
  'workflow.env': { REGION: 'eu', LIMITS: '{"cpu":[1,2]}', PLAIN: 'not json' },
  CPEWF_TASK_ID: 'w-1~0.1.0',
  NETFLIX_ENV: 'test',
};
const scope: Scope = { resolve: (root) => document[root] };
const render = (template: Json, within: Scope = scope): Json => compileTemplate(template).render(within);

describe('a string that is exactly one span', () => {
  it.each<[string, Json]>([
    ['${workflow.input.n}', 5],
    ['${workflow.input.no}', false],
    ['${workflow.input.nothing}', null],
    ['${workflow.input.list}', [1, 2, 3]],
    ['${workflow.input.o}', { x: { y: [10, 20] } }],
    ['${workflow.input.missing.deep}', null],
    ['${workflow.status}', 'RUNNING'],
    ['${a1.output.v.deep}', true],
    ['${unknown.output.v}', null],
    ['${workflow.input.tmpl}', '${workflow.input.a}'],
    ['${workflow.input.escaped}', '$${x}'],
    ['${workflow.input.list[${workflow.input.i}]}', 2],
    ['${workflow.input.o.${workflow.input.k}.y[0]}', 10],
    ['${}', ''],
    ['${  }', ''],
    ['${ workflow.input.a }', null],
    ['${workflow.input.a }', 'str'],
    ['${$.workflow.input.a}', 'str'],
  ])('%s keeps the type of its value', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it('of a whole root gives the object with its payloads parsed', () => {
    expect(render('${a1}')).toEqual({ input: {}, output: { v: { deep: true } }, status: 'COMPLETED', retryCount: 0 });
  });
});

describe('a longer string', () => {
  it.each<[string, string]>([
    ['x${workflow.input.n}', 'x5'],
    ['${workflow.input.a}${workflow.input.n}', 'str5'],
    ['v=${workflow.input.missing}', 'v=null'],
    ['a${}b', 'ab'],
    ['{"a":"${workflow.input.a}"}', '{"a":"str"}'],
    ['$${workflow.input.a}', '${workflow.input.a}'],
    ['a $${x} ${workflow.input.a}', 'a ${x} str'],
    ['$${ ${workflow.input.a} }', '${ str }'],
    ['now ${workflow.input.escaped}', 'now ${x}'],
    ['got ${workflow.input.obj}', 'got {k=[1, two, null, 2.5, true]}'],
    ['sum ${workflow.input.list.sum()}', 'sum 6.0'],
    ['#{workflow.input.a} {{workflow.input.a}}', '#{workflow.input.a} {{workflow.input.a}}'],
    ['${workflow.input.a', '${workflow.input.a'],
    ['${open ${workflow.input.a}', '${open str'],
    ['} ${workflow.input.a} }', '} str }'],
    ['$', '$'],
  ])('%s splices texts', (template, text) => {
    expect(render(template)).toBe(text);
  });
});

describe('objects and lists', () => {
  it('are walked, keys stay as they are, other values pass through', () => {
    const template = {
      '${workflow.input.a}': ['${workflow.input.n}', { k: 'x${workflow.input.n}' }],
      t: true,
      z: null,
      n: 1.5,
    };
    expect(render(template)).toEqual({ '${workflow.input.a}': [5, { k: 'x5' }], t: true, z: null, n: 1.5 });
  });

  it('without spans are constant and rendered as the same value every time', () => {
    const template = compileTemplate({ a: [1, 'two', '$${x}'] });
    expect(template.isConstant).toBe(true);
    expect(template.render(scope)).toEqual({ a: [1, 'two', '${x}'] });
    expect(template.render(scope)).toBe(template.render(scope));
  });

  it('resolve only the roots that they name', () => {
    const asked: string[] = [];
    render({ a: '${a1.status}', c: 'const' }, { resolve: (root) => (asked.push(root), document[root]) });
    expect(asked).toEqual(['a1']);
  });

  it('do not parse payloads that no path leads through', () => {
    const broken = { workflow: { input: Payload.fromBytes(new Uint8Array([0x7b])), status: 'RUNNING' } };
    expect(render('${workflow.status}', { resolve: (root) => broken[root as 'workflow'] })).toBe('RUNNING');
  });
});

describe('special names', () => {
  it.each<[string, Json]>([
    ['${CPEWF_TASK_ID}', 'w-1~0.1.0'],
    ['id ${CPEWF_TASK_ID}', 'id w-1~0.1.0'],
    ['${NETFLIX_ENV}', 'test'],
    ['${NETFLIX_STACK}', '${NETFLIX_STACK}'],
    ['on ${NETFLIX_STACK}', 'on ${NETFLIX_STACK}'],
    ['${workflow.env.REGION}', 'eu'],
    ['${workflow.env.LIMITS.cpu[1]}', 2],
    ['${workflow.env.PLAIN.x}', null],
    ['${workflow.env.MISSING}', null],
    ['in ${workflow.env.MISSING}', 'in null'],
    ['${workflow.secrets.KEY}', '${workflow.secrets.KEY}'],
    ['Bearer ${workflow.secrets.KEY.token}', 'Bearer ${workflow.secrets.KEY.token}'],
    ['${PATH}', null],
    ['${workflow.env.constructor}', null],
  ])('%s', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it('the id of the task stays literal where there is no task', () => {
    expect(render('${CPEWF_TASK_ID}', { resolve: () => undefined })).toBe('${CPEWF_TASK_ID}');
  });
});

describe('hostile templates', () => {
  it.each<[string, Json]>([
    ['${__proto__}', null],
    ['${__proto__.polluted}', null],
    ['${constructor.constructor}', null],
    ['${workflow.constructor.name}', null],
    ["${workflow['__proto__']}", null],
    ['${workflow.input.list.constructor}', null],
    ['${workflow.input.a.length}', null],
    ['${workflow.input.list.length}', null],
    ['${workflow.input.toString}', null],
    ["${workflow.input.${workflow.input.missing}['constructor']}", null],
  ])('%s leads nowhere', (template, value) => {
    expect(render(template)).toEqual(value);
  });

  it('keys named like prototypes stay data and pollute nothing', () => {
    const rendered = render(JSON.parse('{"__proto__":{"polluted":"${workflow.input.n}"}}') as Json);
    expect(JSON.stringify(rendered)).toBe('{"__proto__":{"polluted":5}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('a megabyte of opening braces is read in linear time and stays literal', () => {
    const text = '${'.repeat(500_000);
    expect(render(text)).toBe(text);
  });

  it('spans nested beyond the limit lead nowhere instead of exhausting the stack', () => {
    const text = '${'.repeat(100_000) + '}'.repeat(100_000);
    expect(render(text)).toBeNull();
    expect(render(`x${text}`)).toBe('xnull');
  });

  it('text that grows without bound is refused', () => {
    const big: Scope = { resolve: () => ({ input: { t: 'x'.repeat(1_000_000) } }) };
    expect(() => render('${w.input.t}'.repeat(5), big)).toThrow('characters of text');
  });

  it('a template nested too deeply is refused, not a stack overflow', () => {
    const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as Json;
    expect(() => compileTemplate(deep)).toThrow('nested deeper');
    expect(() => render('x${w.v}', { resolve: () => ({ v: deep }) })).toThrow('nested deeper');
  });
});

describe('what Conductor knows and we do not', () => {
  it('is null and named, so that registering can say so', () => {
    const template = compileTemplate({
      a: '${workflow.input.list.append(4)}',
      b: '${workflow.input.o[?(@.x =~ /a/)]}',
    });
    expect(template.render(scope)).toEqual({ a: null, b: null });
    expect(template.unsupported).toEqual([
      expect.stringContaining('append()'),
      expect.stringContaining('regular expressions'),
    ]);
  });
});
