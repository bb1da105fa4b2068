import { describe, expect, it } from '@jest/globals';
import { memberText, ObjectText } from './json-text.ts';

describe('the text of a member', () => {
  it.each<[string, string | undefined]>([
    ['{"t":{"a":[1,"}"]},"u":2}', '{"a":[1,"}"]}'],
    ['{"u":{"t":1},"t":2}', '2'],
    ['{"u":["t",{"t":1}],"t":"x,y"}', '"x,y"'],
    ['{ "u" : "\\"t\\":5" , "t" : null }', 'null'],
    ['{"u":"t","v":"\\\\","t":true}', 'true'],
    ['{"t":-1.5e3}', '-1.5e3'],
    ['{"tt":1,"u":{"t":1}}', undefined],
    ['{"u":"\\"t"}', undefined],
    ['{}', undefined],
    ['{"t":[]}', '[]'],
  ])('of %s', (object, text) => {
    expect(memberText(object, 't')).toBe(text);
  });

  it('is what JSON.parse would find, for nested definitions', () => {
    const task = {
      name: 'a',
      inputParameters: { taskDefinition: { x: 1 } },
      taskDefinition: { name: 'a', inputTemplate: { k: '}"{' } },
    };
    for (const text of [JSON.stringify(task), JSON.stringify(task, null, 2)]) {
      expect(JSON.parse(memberText(text, 'taskDefinition') ?? '')).toEqual(task.taskDefinition);
    }
  });
});

describe('an object text', () => {
  it('leaves out what is undefined and keeps what is null', () => {
    expect(new ObjectText().add('a', undefined).add('b', null).splice('c', '{"x":1.0}').add('d', 'é"').toString()).toBe(
      '{"b":null,"c":{"x":1.0},"d":"é\\""}',
    );
    expect(new ObjectText().toString()).toBe('{}');
  });
});
