import type { JournalRecord } from '@partitura/model';
import type { Evidence } from './evidence.ts';

/** A journal as a person reads it, one line per record. */
export function traceOf(evidence: Evidence): string {
  return evidence.journals
    .flatMap((journal, partition) =>
      journal.map(({ offset, time, record }) => `p${partition} ${offset} t${time % 10_000_000} ${lineOf(record)}`),
    )
    .join('\n');
}

function lineOf(record: JournalRecord): string {
  if (record.kind === 'claim') return `claim ${record.token} by ${record.owner}`;
  const head = `e${record.epoch} i${record.index} done${record.effectsDone} at${record.at % 10_000_000}`;
  switch (record.kind) {
    case 'checkpoint':
      return `${head} CHECKPOINT X=${record.offset} next ${record.admission.next} input ${record.inputPosition}`;
    case 'snapshot':
      return `${head} snapshot ${record.why} ${record.subject} ${record.aggregate} v${record.version} ${record.part + 1}/${record.parts}`;
    case 'decision': {
      const { cause, aggregate, version, events, outcome } = record;
      const mark = cause.kind === 'command' && cause.mark ? ` from ${Object.values(cause.mark).join('.')}` : '';
      const why =
        cause.kind === 'command'
          ? `#${cause.offset} ${cause.commandId}${mark}`
          : `${cause.kind} ${'commandId' in cause ? cause.commandId : ''}`;
      const facts = events
        .map((event) => event.type + ('taskId' in event ? ` ${event.taskId.slice(-8)}` : ''))
        .join(', ');
      const refusal = outcome.kind === 'rejected' ? ` ${outcome.code}` : '';
      return `${head} ${aggregate} v${version} (${why}) ${outcome.kind}${refusal} [${facts}]`;
    }
  }
}
