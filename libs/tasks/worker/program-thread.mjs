// @ts-check
/**
 * The thread in which programs of users are run that go beyond what a decision evaluates itself: JavaScript in QuickJS,
 * jq in jq, both compiled to WebAssembly. A program reaches its input and nothing else, and a thread that does not
 * answer in time is ended from outside. Plain JavaScript because a worker thread cannot load TypeScript, and here rather
 * than in `src/` so that sources and build reach it by the same relative path.
 *
 * Receives one question at a time: { language, program, input (JSON text), timeoutMs }; answers { answer,
 * isFull }: the answer is { json } or { error, line? } or { stopped }; a full thread should be replaced.
 */
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';
import variant from '@jitl/quickjs-wasmfile-release-sync';
import { newQuickJSWASMModuleFromVariant, newVariant, Scope } from 'quickjs-emscripten-core';

/** @typedef {{ language: 'javascript' | 'jq', program: string, input: string, timeoutMs: number }} Question */
/** @typedef {{ json: string } | { error: string, line?: number } | { stopped: string }} Answer */

if (parentPort === null) throw new Error('this file is run as a worker thread');
const port = parentPort;

const limits = {
  /** Of one run, as QuickJS counts. */
  runtimeBytes: 32 * 1024 * 1024,
  stackBytes: 256 * 1024,
  /** Of the thread's whole WebAssembly memory, in 64 KiB pages: what QuickJS does not count ends here. */
  memoryPages: 2048,
  resultCharacters: 3 * 1024 * 1024,
  /** WebAssembly memory never shrinks: a thread that has more than this is replaced. */
  keptBytes: 48 * 1024 * 1024,
};

/**
 * Where Conductor runs scripts, lists and objects of the input are Java's. They get these methods only if the program
 * calls one of that name, so that nobody else finds members that JavaScript does not have.
 */
const javaMethods = {
  get: '(of, key) => Object.hasOwn(of, key) && of[key] !== undefined ? of[key] : null',
  size: '(of) => Object.keys(of).length',
  isEmpty: '(of) => Object.keys(of).length === 0',
  contains: '(of, value) => Array.isArray(of) && of.includes(value)',
  containsKey: '(of, key) => Object.hasOwn(of, key)',
};

/** @param {string} program */
function bindingSource(program) {
  const used = Object.entries(javaMethods).filter(([name]) => program.includes(`.${name}(`));
  return `(() => {
    const methods = [${used.map(([name, source]) => `['${name}', ${source}]`).join(', ')}];
    const equip = (value) => {
      if (typeof value !== 'object' || value === null) return;
      for (const member of Object.values(value)) equip(member);
      for (const [name, method] of methods)
        if (!Object.hasOwn(value, name))
          Object.defineProperty(value, name, { value: (argument) => method(value, argument), configurable: true });
    };
    return (text) => {
      for (const [name, value] of Object.entries(JSON.parse(text))) {
        if (methods.length > 0) equip(value);
        globalThis[name] = value;
      }
    };
  })()`;
}

/** Text, and the line if the engine threw it and not the program itself. */
const describeError = `(thrown) => {
  let text;
  try { text = String(thrown) } catch { text = 'an error without a text' }
  const stack = thrown instanceof Error && thrown.name !== 'Error' ? String(thrown.stack) : '';
  const [, line] = /script:(\\d+)/.exec(stack) ?? [];
  return JSON.stringify({ error: text.slice(0, 2000), ...(line && { line: Number(line) }) });
}`;

const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: limits.memoryPages });
const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }));

/** @param {Question} question */
function runScript(question) {
  return Scope.withScope((scope) => {
    const deadline = performance.now() + question.timeoutMs;
    let isLate = false;
    const runtime = scope.manage(
      quickjs.newRuntime({
        memoryLimitBytes: limits.runtimeBytes,
        maxStackSizeBytes: limits.stackBytes,
        interruptHandler: () => (isLate ||= performance.now() > deadline),
      }),
    );
    const answer = runIn(scope.manage(runtime.newContext()), scope, question);
    return isLate && 'error' in answer ? { stopped: 'it was interrupted' } : answer;
  });
}

/**
 * @param {import('quickjs-emscripten-core').QuickJSContext} vm
 * @param {Scope} scope
 * @param {Question} question
 * @returns {Answer}
 */
function runIn(vm, scope, { program, input }) {
  const evaluate = (/** @type {string} */ source) => scope.manage(vm.unwrapResult(vm.evalCode(source)));
  // Taken before the program can put something else in their place.
  const describe = evaluate(`(${describeError})`);
  const stringify = evaluate('JSON.stringify');
  const bind = evaluate(bindingSource(program));
  scope.manage(vm.unwrapResult(vm.callFunction(bind, vm.undefined, scope.manage(vm.newString(input)))));

  /** @param {import('quickjs-emscripten-core').QuickJSHandle} thrown */
  const failure = (thrown) => {
    const described = vm.callFunction(describe, vm.undefined, scope.manage(thrown));
    if (described.error !== undefined) {
      described.error.dispose();
      return { error: 'an error without a text' };
    }
    const { error, line } = JSON.parse(vm.getString(scope.manage(described.value)));
    // One wording for both interpreters.
    return { error: error.replace(/^(\w*Error: )cannot /, '$1Cannot '), ...(line && { line }) };
  };

  const result = vm.evalCode(program, 'script', { type: 'global' });
  if (result.error !== undefined) return failure(result.error);
  const text = vm.callFunction(stringify, vm.undefined, scope.manage(result.value));
  if (text.error !== undefined) return failure(text.error);
  const json = scope.manage(text.value);
  return jsonAnswer(vm.typeof(json) === 'string' ? vm.getString(json) : 'null');
}

/**
 * @param {string} json
 * @returns {Answer}
 */
function jsonAnswer(json) {
  return json.length > limits.resultCharacters ? { error: 'the result is too large' } : { json };
}

/** @type {{ raw(json: string, program: string, flags: readonly string[]): string | undefined }} */
const jq = await createRequire(import.meta.url)('jq-web');

/**
 * @param {Question} question
 * @returns {Answer} the list of results
 */
function runJq({ program, input }) {
  try {
    const lines = jq.raw(input, program, ['-c']) ?? '';
    return jsonAnswer(`[${lines.split('\n').filter(Boolean).join(',')}]`);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const [, message] = /jq: error(?: \(at [^)]*\))?(?: \(not a string\))?: ([^]*)$/.exec(text) ?? [];
    return { error: (message ?? text).replace(/ at <top-level>[^]*$/, '').slice(0, 2000) };
  }
}

port.on('message', (/** @type {Question} */ question) => {
  // What throws here is the end of the engine, and so of the thread.
  const answer = question.language === 'jq' ? runJq(question) : runScript(question);
  port.postMessage({ answer, isFull: wasmMemory.buffer.byteLength > limits.keptBytes });
});
port.postMessage('ready');
